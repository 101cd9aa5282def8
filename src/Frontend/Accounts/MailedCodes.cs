using Microsoft.AspNetCore.Identity;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>
/// Codes that go by mail: the account's id and a token of Identity's, protected and dated, that is bound to the account's stamp. Using one changes the stamp, so each is good once.
/// </summary>
internal sealed class MailedCodes(UserManager<AccountUser> users, EmailKeys emails)
{
    /// <summary>What is said of every code that is not good, whatever is wrong with it.</summary>
    public static readonly Problem Invalid = new("code-invalid", "This code is not good: it was used, or is too old, or is not whole. Ask for a new one.");

    private const int MaxLength = 1024;
    private const string Confirm = "confirm";
    private const string Reset = "reset";

    public Task<string> ToConfirm(AccountUser user) => Make(user, IdentitySetup.ConfirmCodes, Confirm);

    public Task<string> ToReset(AccountUser user) => Make(user, IdentitySetup.ResetCodes, Reset);

    public Task<string> ToMove(AccountUser user, string address) => Make(user, IdentitySetup.ConfirmCodes, Moving(address));

    public Task<AccountUser?> ReadConfirm(string? code) => Read(code, IdentitySetup.ConfirmCodes, Confirm);

    public Task<AccountUser?> ReadReset(string? code) => Read(code, IdentitySetup.ResetCodes, Reset);

    public Task<AccountUser?> ReadMove(string? code, string address) => Read(code, IdentitySetup.ConfirmCodes, Moving(address));

    // Identity logs the purpose of a bad token, and a log carries no address.
    private string Moving(string address) => $"move-{emails.Of(address)}";

    private async Task<string> Make(AccountUser user, string provider, string purpose) =>
        $"{user.Account.Id}.{(await users.GenerateUserTokenAsync(user, provider, purpose)).Replace('+', '-').Replace('/', '_').TrimEnd('=')}";

    private async Task<AccountUser?> Read(string? code, string provider, string purpose)
    {
        var dot = code is { Length: <= MaxLength } ? code.IndexOf('.', StringComparison.Ordinal) : -1;
        if (dot < 0 || await users.FindByIdAsync(code![..dot]) is not { } user)
        {
            return null;
        }

        var token = code[(dot + 1)..].Replace('-', '+').Replace('_', '/');
        token = token.PadRight((token.Length + 3) / 4 * 4, '=');
        return await users.VerifyUserTokenAsync(user, provider, purpose, token) ? user : null;
    }
}
