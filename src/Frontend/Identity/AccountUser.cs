using Trove.Contracts.Accounts;

namespace Trove.Frontend.Identity;

/// <summary>An account in the hands of ASP.NET Core Identity, which changes it piece by piece; the store writes it as a whole.</summary>
internal sealed class AccountUser(Account account)
{
    /// <summary>As read, with what was changed since.</summary>
    public Account Account { get; set; } = account;

    /// <summary>Ends every session and makes every code that was mailed worthless.</summary>
    public void NewStamp() => Account = Account with { Stamp = Guid.NewGuid().ToString("N") };
}
