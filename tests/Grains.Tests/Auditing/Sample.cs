using Trove.Contracts;
using Trove.Contracts.Auditing;

namespace Trove.Grains.Tests.Auditing;

internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static AuditEntry Entry(int n, string account = "ann", string act = "project.created", string? target = null) =>
        new($"cats/{n}", Now.AddSeconds(n), new Actor(account, n % 2 == 0 ? "key1" : null, "198.51.100.0/24"), act, target ?? "project/cats", n % 3 == 0 ? $"brief={n}" : null);
}
