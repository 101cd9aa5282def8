using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Labeling;

namespace Trove.Grains.Labeling;

/// <summary>Contributors without work, first come first served. Registrations lapse, so one who is gone does not block the line for long.</summary>
internal sealed class Waiters
{
    private readonly OrderedDictionary<string, WaitRequest> _waiting = new(StringComparer.Ordinal);

    public int Count => _waiting.Count;

    /// <summary>Registers or renews, keeping the place in the line.</summary>
    public void Add(WaitRequest request) => _waiting[request.Contributor] = request;

    public void Remove(string contributor) => _waiting.Remove(contributor);

    /// <summary>Drops registrations past their time.</summary>
    public void Lapse(DateTimeOffset now)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting.GetAt(i).Value.Until <= now)
            {
                _waiting.RemoveAt(i);
            }
        }
    }

    public IEnumerable<(string Contributor, ImmutableArray<ulong> Had)> InOrder() =>
        _waiting.Select(entry => (entry.Key, entry.Value.Had.OrEmpty()));
}
