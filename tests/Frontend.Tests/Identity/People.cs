using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Frontend.Identity;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Identity;

/// <summary>Everybody who may knock at a door, each with what they would bring: a session cookie with its token, or a key.</summary>
internal sealed class People(TroveServer server)
{
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Cookie, string Token)> _tokens = new(StringComparer.Ordinal);

    private IGrainFactory Grains => server.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Makes an account.</summary>
    public async Task Make(string name, params Role[] roles)
    {
        var by = new Actor(Account(name));
        var made = await Grains.GetGrain<IAccountGrain>(by.Account).Create(by, new Account(
            by.Account, 0, name, $"{name}@example.org", EmailConfirmed: true, name, PasswordHash: null, "stamp", TwoFactor: false, AuthenticatorKey: null, [], [], [.. roles], default, []));
        Assert.Null(made.Problem);
    }

    /// <summary>Makes a key that goes by a name of its own.</summary>
    public async Task<string> MakeKey(string name, string owner, Scopes scopes)
    {
        var made = await server.Services.GetRequiredService<ApiKeys>().Make(new Actor(Account(owner)), name, scopes, DateTimeOffset.UtcNow.AddHours(1));
        _keys[name] = made.Value!.Key;
        return made.Value.View.Id;
    }

    /// <summary>A simulated contributor that goes by a name of its own.</summary>
    public void MakeSimulated(string name, string project) =>
        _keys[name] = server.Services.GetRequiredService<SimulatedKeys>().Mint(project, $"sim-{name}", DateTimeOffset.UtcNow.AddHours(1));

    /// <summary>What somebody brings to a request. <c>anonymous</c> brings nothing.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Brings(string who)
    {
        if (who == "anonymous")
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }

        if (_keys.TryGetValue(who, out var key))
        {
            return new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {key}" };
        }

        var session = await Session(who);
        if (!_tokens.TryGetValue(who, out var csrf))
        {
            _tokens[who] = csrf = await Token(session);
        }

        return new Dictionary<string, string>(StringComparer.Ordinal) { ["Cookie"] = $"{session}; {csrf.Cookie}", ["Trove-Csrf"] = csrf.Token };
    }

    public static string Account(string name) => $"of-{name}";

    /// <summary>A session as signing in makes it, for the stamp that the account has now: some doors end sessions.</summary>
    public async Task<string> Session(string name)
    {
        var account = (await Grains.GetGrain<IAccountGrain>(Account(name)).Read()).Value!;
        var now = DateTimeOffset.UtcNow;
        var properties = new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now.AddHours(1) };
        properties.SetString("stamp", account.Stamp);
        properties.SetString("session", Guid.NewGuid().ToString("N"));
        properties.SetString("since", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, account.Id)], SessionCookie.Name)), properties, SessionCookie.Name);
        var format = server.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(SessionCookie.Name).TicketDataFormat;
        return $"{SessionCookie.Name}={format.Protect(ticket)}";
    }

    private async Task<(string Cookie, string Token)> Token(string session)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/account/antiforgery");
        request.Headers.Add("Cookie", session);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await client.SendAsync(request);
        var token = (await System.Text.Json.JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync())).RootElement.GetProperty("token").GetString()!;
        return (response.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("trove-csrf", StringComparison.Ordinal)).Split(';')[0], token);
    }
}
