namespace Trove.Contracts.Accounts;

/// <summary>Which account an e-mail address belongs to: what makes addresses unique. Key: a keyed hash of the address in normal form, so that no key carries an address.</summary>
[Alias("trove.IEmailGrain")]
public interface IEmailGrain : IGrainWithStringKey
{
    /// <summary>
    /// Claims the address for an account. True when it is that account's now. An account that claimed it and does not have it
    /// (never created, erased, moved to another address) loses it after a while, so a crash between the two blocks nobody for long.
    /// </summary>
    [Alias("Claim")]
    Task<bool> Claim(string account);

    /// <summary>The account whose address it is, null when it is nobody's.</summary>
    [Alias("Owner"), ReadOnly]
    Task<string?> Owner();

    /// <summary>Gives the address up, if it is that account's.</summary>
    [Alias("Release")]
    Task Release(string account);
}
