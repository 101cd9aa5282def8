using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trove.Frontend.Identity;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Accounts.Outside;

/// <summary>What people do with an outside provider that behaves, over real sockets to both.</summary>
public sealed class OutsideLifeTests : IAsyncLifetime
{
    private readonly SteppedTime _time = new();
    private OpenIdProvider _provider = null!;
    private TroveServer _server = null!;

    public async Task InitializeAsync()
    {
        _provider = await OpenIdProvider.Start();
        _server = await AccountLifeTests.Start(_time, _provider.Settings());
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _provider.DisposeAsync();
        AccountLifeTests.AssertQuiet(_server);
    }

    [Fact]
    public async Task Somebody_new_comes_in_without_a_password_and_is_the_same_person_next_time()
    {
        using var ann = new Traveller(_server);
        var listed = await (await ann.Person.Get("account/outside")).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("acme", "Acme & Co"), (listed[0].GetProperty("provider").GetString(), listed[0].GetProperty("displayName").GetString()));

        Assert.Equal("/work?tab=2", await ann.SignIn("/work?tab=2"));
        var me = await ann.Person.Me();
        Assert.Equal(("ann.quill@example.org", "Annabel Quillfeather"), (me.GetProperty("email").GetString(), me.GetProperty("name").GetString()));
        Assert.Equal("header", _provider.ProvedBy);
        Assert.Equal(["trove"], ann.Person.Cookies.GetCookies(_server.Address).Select(cookie => cookie.Name)); // that of the attempt is gone

        using var elsewhere = new Traveller(_server);
        _provider.Who["email"] = "moved.on@example.net"; // the subject counts, and nothing else
        Assert.Equal("/work", await elsewhere.SignIn());
        Assert.Equal(me.GetProperty("account").GetString(), (await elsewhere.Person.Me()).GetProperty("account").GetString());
        Assert.Equal((1, 1), (_provider.Visits["/.well-known/openid-configuration"], _provider.Visits["/keys"]));

        string[] personal = ["quill", "Annabel", "subject-0815", OpenIdProvider.ClientSecret];
        Assert.DoesNotContain(_server.Log.AtLeast(LogLevel.Trace), line => personal.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task A_provider_may_sign_with_elliptic_curves_take_the_secret_in_the_form_and_write_true_as_a_word()
    {
        _provider.Make = claims => OpenIdProvider.Signed("ES256", "curve", claims);
        _provider.Discover = document => document["token_endpoint_auth_methods_supported"] = new[] { "client_secret_post" };
        _provider.Change = claims =>
        {
            claims["aud"] = new[] { "another", OpenIdProvider.ClientId };
            claims["azp"] = OpenIdProvider.ClientId;
            claims["email_verified"] = "true";
            claims["nbf"] = DateTimeOffset.UtcNow.AddSeconds(30).ToUnixTimeSeconds(); // clocks differ a little
            claims.Remove("name");
        };
        using var ann = new Traveller(_server);
        Assert.Equal("/work", await ann.SignIn());
        Assert.Equal(("form", "ann.quill"), (_provider.ProvedBy, (await ann.Person.Me()).GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_key_that_is_new_is_looked_up_but_not_more_than_once_a_minute()
    {
        using var ann = new Traveller(_server);
        Assert.Equal("/work", await ann.SignIn());

        using var next = RSA.Create(2048);
        _provider.Make = claims => OpenIdProvider.Signed("RS256", "next", claims, next);
        Assert.Equal("/work#outside-error=outside-refused", await ann.SignIn());
        _provider.Keys.Add(OpenIdProvider.RsaKey("next", next));
        Assert.Equal("/work#outside-error=outside-refused", await ann.SignIn());
        Assert.Equal(1, _provider.Visits["/keys"]);

        _time.Step(TimeSpan.FromSeconds(61));
        _provider.Change = claims => claims["exp"] = _time.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds();
        Assert.Equal("/work", await ann.SignIn());
        Assert.Equal(2, _provider.Visits["/keys"]);
    }

    [Fact]
    public async Task A_second_factor_is_asked_here_whatever_the_provider_asked_there()
    {
        using var ann = new Traveller(_server, await Person.SignedIn(_server));
        Assert.Equal("/me", await ann.Link());
        var app = await ann.Person.Expect(HttpStatusCode.OK, "me/two-factor", new { password = Person.Password });
        var secret = app.GetProperty("secret").GetString()!;
        await ann.Person.Expect(HttpStatusCode.OK, "me/two-factor/enable", new { code = Person.AppCode(secret, _time.GetUtcNow()) });

        using var elsewhere = new Traveller(_server);
        var page = await elsewhere.SignIn();
        Assert.StartsWith("/work#second-factor=", page, StringComparison.Ordinal);
        Assert.False(await elsewhere.IsSignedIn());
        _time.Step(TimeSpan.FromSeconds(60));
        var ticket = Uri.UnescapeDataString(page[(page.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        await elsewhere.Person.Refused("sign-in-refused", "account/second-factor", new { secondFactor = ticket, code = "000000" });
        await elsewhere.Person.Expect(HttpStatusCode.NoContent, "account/second-factor", new { secondFactor = ticket, code = Person.AppCode(secret, _time.GetUtcNow()) });
        Assert.True(await elsewhere.IsSignedIn());
    }

    [Fact]
    public async Task A_person_links_a_provider_signs_in_with_it_and_unlinks_it_again()
    {
        using var ann = new Traveller(_server, await Person.SignedIn(_server));
        using var other = new Person(_server);
        await other.SignIn();
        Assert.Equal("/me", await ann.Link());
        Assert.Equal("acme", (await Linked(ann)).Single());
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.Get("me")).StatusCode); // ways in have changed: other sessions end
        Assert.Contains("Your ways to sign in were changed", ann.Person.Inbox()[^1], StringComparison.Ordinal);
        await ann.Person.Refused("login-linked", "me/outside/acme", new { password = Person.Password });

        using var elsewhere = new Traveller(_server);
        Assert.Equal("/work", await elsewhere.SignIn());
        Assert.Equal((await ann.Person.Me()).GetProperty("account").GetString(), (await elsewhere.Person.Me()).GetProperty("account").GetString());

        await ann.Person.Expect(HttpStatusCode.NoContent, "me/outside/acme", new { }, HttpMethod.Delete);
        Assert.False(await elsewhere.IsSignedIn());
        Assert.Empty(await Linked(ann));
        await ann.Person.Refused("outside-unknown", "me/outside/acme", new { }, HttpMethod.Delete);
        Assert.Equal("/work#outside-error=outside-email-taken", await elsewhere.SignIn());

        // Free at once for whoever has it.
        using var bob = new Traveller(_server, await Person.SignedIn(_server, "bob@example.org"));
        Assert.Equal("/me", await bob.Link());
    }

    [Fact]
    public async Task The_only_way_in_stays_until_there_is_a_password()
    {
        using var ann = new Traveller(_server);
        await ann.SignIn();
        Assert.Equal(HttpStatusCode.Conflict, await ann.Person.Refused("only-way-in", "me/outside/acme", new { }, HttpMethod.Delete));

        await ann.Person.Expect(HttpStatusCode.Accepted, "account/forgotten", new { email = ann.Person.Email });
        await ann.Person.Expect(HttpStatusCode.NoContent, "account/reset", new { code = ann.Person.MailedCode(), password = Person.Password });
        await ann.Person.SignIn();
        await ann.Person.Expect(HttpStatusCode.NoContent, "me/outside/acme", new { }, HttpMethod.Delete);
        await ann.Person.SignIn();
    }

    [Fact]
    public async Task Who_has_no_password_links_another_provider_soon_after_signing_in_and_not_later()
    {
        await using var second = await OpenIdProvider.Start();
        await using var server = await AccountLifeTests.Start(_time, [.. _provider.Settings(), .. second.Settings("zeta")]);
        using var ann = new Traveller(server);
        await ann.SignIn();
        _time.Step(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.Forbidden, await ann.Person.Refused("session-old", "me/outside/zeta", new { }));

        _provider.Change = second.Change = claims => claims["exp"] = _time.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds();
        await ann.SignIn();
        Assert.Equal("/me", await ann.Arrive(await ann.Agree(await ann.BeginLink(password: null, provider: "zeta"))));
        await ann.Person.Expect(HttpStatusCode.NoContent, "me/outside/acme", new { }, HttpMethod.Delete); // there is another way in
        await ann.Person.Refused("only-way-in", "me/outside/zeta", new { }, HttpMethod.Delete);
    }

    [Fact]
    public async Task An_account_with_the_same_address_is_not_touched()
    {
        using var ann = await Person.SignedIn(_server);
        using var other = new Traveller(_server);
        Assert.Equal("/work#outside-error=outside-email-taken", await other.SignIn());
        Assert.False(await other.IsSignedIn());
        Assert.Empty((await (await ann.Get("me/outside")).Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray());
    }

    [Fact]
    public async Task Whoever_signed_up_with_an_address_that_is_not_theirs_has_nothing_when_its_owner_comes()
    {
        using var stranger = new Person(_server);
        await stranger.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = stranger.Email, name = "Mallory", password = Person.Password });
        using var ann = new Traveller(_server);
        Assert.Equal("/work", await ann.SignIn());
        Assert.Equal("Annabel Quillfeather", (await ann.Person.Me()).GetProperty("name").GetString());
        await stranger.Refused("sign-in-refused", "account/sign-in", new { email = stranger.Email, password = Person.Password });
        await stranger.Refused("code-invalid", "account/confirm", new { code = stranger.MailedCode() });
        Assert.True(await ann.IsSignedIn());
    }

    [Fact]
    public async Task Somebody_new_in_several_windows_at_once_gets_one_account()
    {
        using var first = new Traveller(_server);
        await first.Agree(await first.Begin()); // so that all know the provider
        var windows = Enumerable.Range(0, 6).Select(_ => new Traveller(_server)).ToList();
        var pages = await Task.WhenAll(windows.Select(window => window.SignIn()));
        Assert.Contains("/work", pages);
        Assert.All(pages, page => Assert.Contains(page, new[] { "/work", "/work#outside-error=account-changed" }));
        var accounts = new HashSet<string?>(StringComparer.Ordinal);
        foreach (var window in windows)
        {
            Assert.Equal("/work", await window.SignIn());
            accounts.Add((await window.Person.Me()).GetProperty("account").GetString());
            window.Dispose();
        }

        Assert.Single(accounts);
    }

    [Fact]
    public async Task Whoever_was_erased_comes_in_as_somebody_new()
    {
        using var ann = new Traveller(_server);
        await ann.SignIn();
        var before = (await ann.Person.Me()).GetProperty("account").GetString()!;
        await using (var scope = _server.Services.CreateAsyncScope())
        {
            var store = scope.ServiceProvider.GetRequiredService<AccountStore>();
            await store.DeleteAsync((await store.FindByIdAsync(before, default))!, default);
        }

        Assert.False(await ann.IsSignedIn());
        Assert.Equal("/work", await ann.SignIn());
        Assert.NotEqual(before, (await ann.Person.Me()).GetProperty("account").GetString());
    }

    [Fact]
    public async Task A_provider_that_is_down_at_the_start_is_told_of_when_somebody_needs_it_and_used_when_it_is_back()
    {
        await using var late = await OpenIdProvider.Start();
        late.Misbehave["/.well-known/openid-configuration"] = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        await using var server = await AccountLifeTests.Start(_time, late.Settings());
        using var ann = new Traveller(server);
        Assert.Equal("/work#outside-error=outside-unavailable", (await ann.Begin()).PathAndQuery + (await ann.Begin()).Fragment);
        Assert.Contains(server.Log.AtLeast(LogLevel.Warning), line => line.Contains("acme", StringComparison.Ordinal) && line.Contains("discovery document", StringComparison.Ordinal));

        late.Misbehave.Clear();
        Assert.Equal("/work", await ann.SignIn());
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task Behind_a_proxy_that_speaks_https_the_cookie_of_an_attempt_is_secure_and_of_this_very_host()
    {
        await using var server = await AccountLifeTests.Start(_time, ["--Trove:Proxies=127.0.0.1", .. _provider.Settings()]);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var response = await http.GetAsync(new Uri("/account/outside/acme", UriKind.Relative));
        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        Assert.Matches("^__Host-trove-outside-[^;]+; max-age=900; path=/; secure; samesite=lax; httponly$", cookie);
        Assert.Contains("redirect_uri=https%3A%2F%2F127.0.0.1", response.Headers.Location!.Query, StringComparison.Ordinal);
    }

    private static async Task<List<string?>> Linked(Traveller traveller) =>
        [.. (await (await traveller.Person.Get("me/outside")).Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(one => one.GetProperty("provider").GetString())];
}
