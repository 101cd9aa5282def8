namespace Trove.Contracts.Accounts;

/// <summary>
/// Which account an outside identity signs in to: what makes outside logins unique. Key: <see cref="OutsideLogin.Key"/>, a keyed hash of provider and subject, so that no
/// key says who somebody is elsewhere.
/// </summary>
[Alias("trove.ILoginGrain")]
public interface ILoginGrain : IGrainWithStringKey
{
    /// <summary>
    /// Claims the identity for an account. True when it is that account's now. An account that claimed it and does not have it (never created, erased, unlinked) loses it
    /// after a while, so a crash between the two blocks nobody for long.
    /// </summary>
    [Alias("Claim")]
    Task<bool> Claim(string account);

    /// <summary>The account whose identity it is, null when it is nobody's.</summary>
    [Alias("Owner"), ReadOnly]
    Task<string?> Owner();

    /// <summary>Gives the identity up, if it is that account's.</summary>
    [Alias("Release")]
    Task Release(string account);
}
