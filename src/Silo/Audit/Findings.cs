using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Trove.Silo.Audit;

/// <summary>Collects faults. A broken file may have millions: of each code only the first are kept, the others counted.</summary>
internal sealed class Findings
{
    private readonly List<AuditFinding> _named = [];
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Faults so far.</summary>
    public long Count { get; private set; }

    public void Add(string code, string subject, string detail)
    {
        Count++;
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, code, out _);
        if (++count <= AuditFinding.PerCode)
        {
            _named.Add(new AuditFinding(code, subject, detail));
        }
    }

    public ImmutableArray<AuditFinding> ToReport() =>
    [
        .. _named,
        .. from count in _counts
           where count.Value > AuditFinding.PerCode
           select new AuditFinding(count.Key, "", $"{count.Value - AuditFinding.PerCode} more of this kind were found."),
    ];
}
