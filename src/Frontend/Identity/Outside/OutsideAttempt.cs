using System.Globalization;
using Microsoft.AspNetCore.Authentication;

namespace Trove.Frontend.Identity.Outside;

/// <summary>Somebody on the way to a provider and back. It travels in the protocol's <c>state</c>, protected, and counts only in the browser that it began in.</summary>
/// <param name="Return">Path of the page to go on with.</param>
/// <param name="Account">The account that is to be linked; null to sign in.</param>
/// <param name="Stamp">The stamp that the account had.</param>
internal sealed record OutsideAttempt(string Return, string? Account = null, string? Stamp = null)
{
    /// <summary>How long it may take to sign in over there.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private const string AccountItem = "account";
    private const string StampItem = "stamp";
    private const string NonceItem = "nonce";
    private const string BegunItem = "begun";

    public AuthenticationProperties ToProperties()
    {
        var properties = new AuthenticationProperties { RedirectUri = Return };
        properties.SetString(AccountItem, Account);
        properties.SetString(StampItem, Stamp);
        return properties;
    }

    public static OutsideAttempt Of(AuthenticationProperties properties) => new(properties.RedirectUri!, properties.GetString(AccountItem), properties.GetString(StampItem));

    /// <summary>Begins it now.</summary>
    public static void Begin(AuthenticationProperties properties, string nonce, DateTimeOffset now)
    {
        properties.SetString(NonceItem, nonce);
        properties.SetString(BegunItem, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What the id token must carry; null when it took too long.</summary>
    public static string? Nonce(AuthenticationProperties properties, DateTimeOffset now) =>
        long.TryParse(properties.GetString(BegunItem), CultureInfo.InvariantCulture, out var begun) && DateTimeOffset.FromUnixTimeSeconds(begun) + Patience > now
            ? properties.GetString(NonceItem)
            : null;
}
