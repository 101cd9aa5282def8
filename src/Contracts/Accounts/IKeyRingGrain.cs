using System.Collections.Immutable;

namespace Trove.Contracts.Accounts;

/// <summary>The keys that protect cookies and links of all frontends, sealed by them before they come here. One grain, key <see cref="Key"/>; seldom asked.</summary>
[Alias("trove.IKeyRingGrain")]
public interface IKeyRingGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "data-protection";

    /// <summary>Everything in the ring, oldest first.</summary>
    [Alias("All"), ReadOnly]
    Task<ImmutableArray<KeyRingElement>> All();

    /// <summary>Adds an element to the ring. One whose name is there already stays as it is, so that this may be repeated.</summary>
    [Alias("Add")]
    Task Add(string name, string xml);
}

/// <summary>One key of the ring, or the word that one is revoked.</summary>
/// <param name="Name">Unique in the ring.</param>
/// <param name="Xml">What the frontends make of it; the secret in it is encrypted.</param>
[GenerateSerializer, Immutable, Alias("trove.key-ring-element")]
public sealed record KeyRingElement([property: Id(0)] string Name, [property: Id(1)] string Xml);
