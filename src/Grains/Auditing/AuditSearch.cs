using System.Collections.Immutable;
using System.Globalization;
using Trove.Contracts.Auditing;

namespace Trove.Grains.Auditing;

/// <summary>One search through a log, from the newest entry down. Pure: it is shown runs of entries and says which it wants next.</summary>
internal sealed class AuditSearch
{
    /// <summary>Most entries of one slice.</summary>
    public const int MaxSlice = 200;

    private readonly ImmutableArray<AuditEntry>.Builder _found = ImmutableArray.CreateBuilder<AuditEntry>();
    private readonly AuditQuery _query;
    private readonly int _limit;

    /// <param name="query">What is looked for.</param>
    /// <param name="count">Entries of the log.</param>
    /// <exception cref="FormatException">The cursor is none.</exception>
    public AuditSearch(AuditQuery query, long count)
    {
        _query = query;
        _limit = Math.Clamp(query.Limit, 1, MaxSlice);
        Left = query.Cursor is null ? count : Math.Min(count, long.Parse(query.Cursor, NumberStyles.None, CultureInfo.InvariantCulture));
    }

    /// <summary>Entries 0 to this one, exclusive, have not been looked at.</summary>
    public long Left { get; private set; }

    /// <summary>Whether nothing more is wanted.</summary>
    public bool IsDone => Left == 0 || _found.Count == _limit;

    /// <summary>Page on which the next entry stands.</summary>
    public int NextPage => (int)((Left - 1) / AuditLogPage.Size);

    /// <summary>What was found so far.</summary>
    public AuditSlice Slice => new(_found.ToImmutable(), Left > 0 ? Left.ToString(CultureInfo.InvariantCulture) : null);

    /// <summary>Looks at entries from number <paramref name="first"/> on.</summary>
    public void Look(long first, IReadOnlyList<NotedAct> acts)
    {
        if (first + acts.Count < Left)
        {
            Left = 0; // they were deleted meanwhile, and so were all before them
        }

        while (Left > first && !IsDone)
        {
            var (entry, arrived) = acts[(int)(--Left - first)];
            if (arrived < _query.Since)
            {
                Left = 0; // so were all before it, and what arrived before was done before
            }
            else if (Matches(entry))
            {
                _found.Add(entry);
            }
        }
    }

    private bool Matches(AuditEntry entry) =>
        (_query.Account is null || _query.Account == entry.By.Account)
        && (_query.Target is null || _query.Target == entry.Target)
        && (_query.Act is null || _query.Act == entry.Act || (_query.Act.EndsWith('.') && entry.Act.StartsWith(_query.Act, StringComparison.Ordinal)))
        && (_query.Since is null || entry.At >= _query.Since)
        && (_query.Until is null || entry.At < _query.Until);
}
