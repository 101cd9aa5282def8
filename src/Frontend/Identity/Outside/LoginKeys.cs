using System.Security.Cryptography;
using System.Text;
using Trove.Contracts.Accounts;

namespace Trove.Frontend.Identity.Outside;

/// <summary>
/// Makes logins of outside identities. The key is a keyed hash of issuer and subject, as with addresses. The issuer and not the name in the settings: another provider
/// under the same name has other people under the same subjects.
/// </summary>
internal sealed class LoginKeys(byte[] secret, ImmutableArray<OutsideSettings> providers)
{
    /// <summary>The login of somebody at a provider that is configured.</summary>
    public OutsideLogin Of(string provider, string subject)
    {
        var authority = providers.First(one => one.Name == provider).Authority;
        return new OutsideLogin(provider, subject, Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{authority}\n{subject}")).AsSpan(0, 20)));
    }

    /// <summary>Whether somebody can sign in with this login as things are configured now.</summary>
    public bool IsUsable(OutsideLogin login) => providers.Any(one => one.Name == login.Provider) && Of(login.Provider, login.Subject).Key == login.Key;
}
