namespace Trove.Contracts;

/// <summary>Who acts, with what, and from where: what the audit log keeps of a caller. Opaque ids only, so that it outlives the person it names.</summary>
/// <param name="Account">The account, or <see cref="System"/>.</param>
/// <param name="Key">The API key used, null for a signed-in session.</param>
/// <param name="From">Network of the caller's address (IPv4 /24, IPv6 /48), which tells where from without telling who; null inside the server.</param>
[GenerateSerializer, Immutable, Alias("trove.actor")]
public sealed record Actor([property: Id(0)] string Account, [property: Id(1)] string? Key = null, [property: Id(2)] string? From = null)
{
    /// <summary>Account of what Trove does by itself.</summary>
    public const string System = "system";
}
