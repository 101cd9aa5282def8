using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Trove.Contracts.Accounts;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Accounts.Outside;

/// <summary>Providers that lie, fail or dawdle, and people who mix other people's attempts. Nobody gets in by it, each gets a clear answer, and nothing of it is an error of ours.</summary>
public sealed class OutsideAttackTests(OutsideAttackTests.World world) : IClassFixture<OutsideAttackTests.World>, IAsyncLifetime
{
    private const string Refused = "/work#outside-error=outside-refused";
    private const string Unavailable = "/work#outside-error=outside-unavailable";

    private static readonly RSA Stranger = RSA.Create(2048);

    /// <summary>Tokens that are not to be believed, by what is wrong with them, and which of the checks finds it.</summary>
    private static readonly Dictionary<string, (string Because, Action<OpenIdProvider> Make)> BadTokens = new(StringComparer.Ordinal)
    {
        ["another issuer"] = ("another issued it", Claim("iss", "https://accounts.example.org")),
        ["no issuer"] = ("another issued it", Claim("iss", null)),
        ["the issuer with a slash"] = ("another issued it", provider => provider.Change = claims => claims["iss"] += "/"),
        ["another audience"] = ("it is for another client", Claim("aud", "another")),
        ["no audience"] = ("it is for another client", Claim("aud", null)),
        ["an audience that is no text"] = ("it is for another client", Claim("aud", 7)),
        ["several audiences and nobody it was given to"] = ("it is for another client", Claim("aud", new[] { OpenIdProvider.ClientId, "another" })),
        ["given to another"] = ("it is for another client", Claim("azp", "another")),
        ["given to a number"] = ("it is for another client", Claim("azp", 7)),
        ["another nonce"] = ("it belongs to another attempt", Claim("nonce", "of somebody else")),
        ["no nonce"] = ("it belongs to another attempt", Claim("nonce", null)),
        ["over"] = ("it is over", Moment("exp", minutes: -2)),
        ["never over"] = ("it says no exp", Claim("exp", null)),
        ["over at a text"] = ("its exp is no moment", Claim("exp", "9999999999")),
        ["over before time began"] = ("its exp is no moment", Claim("exp", -1)),
        ["over after the end of time"] = ("its exp is no moment", Claim("exp", 1e300)),
        ["not valid yet"] = ("it is not valid yet", Moment("nbf", minutes: 2)),
        ["issued in the future"] = ("it was issued in the future", Moment("iat", minutes: 2)),
        ["issued never"] = ("it says no iat", Claim("iat", null)),
        ["of another access token"] = ("it belongs to another access token", Claim("at_hash", OpenIdProvider.HalfHash("another"))),
        ["of an access token that is a number"] = ("it belongs to another access token", Claim("at_hash", 7)),
        ["of nobody"] = ("it says of nobody", Claim("sub", null)),
        ["of an empty somebody"] = ("it says of nobody", Claim("sub", "")),
        ["of a number"] = ("it says of nobody", Claim("sub", 815)),
        ["of somebody with a long name"] = ("it says of nobody", Claim("sub", new string('x', 256))),
        ["of somebody with a line break"] = ("it says of nobody", Claim("sub", "a\nb")),
        ["not signed"] = ("that the provider does not have", Header("none", "rsa", static _ => [])),
        ["not signed, in capitals"] = ("that the provider does not have", Header("NONE", null, static _ => [])),
        ["signed with the public key as a secret"] = ("that the provider does not have", Header("HS256", "rsa", data => HMACSHA256.HashData(Encoding.ASCII.GetBytes(OpenIdProvider.Rsa.ExportSubjectPublicKeyInfoPem()), data))),
        ["signed with the modulus as a secret"] = ("that the provider does not have", Header("HS256", null, data => HMACSHA256.HashData(OpenIdProvider.Rsa.ExportParameters(false).Modulus!, data))),
        ["signed by a stranger under the key's name"] = ("its signature is wrong", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "rsa", claims, Stranger)),
        ["signed by a stranger under an own name"] = ("that the provider does not have", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "mine", claims, Stranger)),
        ["signed by a stranger without a name"] = ("its signature is wrong", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", null, claims, Stranger)),
        ["signed by a stranger whose key comes along"] = ("its signature is wrong", provider => provider.Make = claims => OpenIdProvider.Token(
            new { alg = "RS256", jwk = OpenIdProvider.RsaKey("mine", Stranger) }, JsonSerializer.Serialize(claims), data => Stranger.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["signed with RSA under the name of the curve"] = ("that the provider does not have", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "curve", claims)),
        ["signed with the curve under the name of the RSA key"] = ("that the provider does not have", provider => provider.Make = claims => OpenIdProvider.Signed("ES256", "rsa", claims)),
        ["signed with RSA, said to be of the curve"] = ("its signature is wrong", Header("ES256", "curve", data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["signed in another way than it says"] = ("that the provider does not have", Header("RS512", "rsa", data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1))),
        ["signed with nothing of the right length"] = ("its signature is wrong", Header("ES256", "curve", static _ => new byte[64])),
        ["changed after it was signed"] = ("its signature is wrong", provider => provider.Make = claims =>
        {
            var parts = OpenIdProvider.Signed("RS256", "rsa", claims).Split('.');
            claims["sub"] = "admin";
            return $"{parts[0]}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}.{parts[2]}";
        }),
        ["with a subject twice"] = ("the id token is broken", Text(claims => $$"""{"sub":"first",{{claims[1..]}}""")),
        ["with half a sign in the subject"] = ("it says of nobody", Text(claims => claims.Replace("\"sub\":\"", "\"sub\":\"\\ud800", StringComparison.Ordinal))),
        ["very deep"] = ("the id token is broken", Text(claims => $$"""{"deep":{{new string('[', 500)}}{{new string(']', 500)}},{{claims[1..]}}""")),
        ["a list"] = ("the id token is broken", Text(_ => "[]")),
        ["not JSON"] = ("the id token is broken", Text(_ => "hello")),
        ["a JSON text that ends early"] = ("the id token is broken", Text(claims => claims[..^1])),
        ["that wants to be understood"] = ("of another kind", provider => provider.Make = claims => OpenIdProvider.Token(
            new { alg = "RS256", kid = "rsa", crit = new[] { "b64" }, b64 = false }, JsonSerializer.Serialize(claims), data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["an access token instead"] = ("of another kind", provider => provider.Make = claims => OpenIdProvider.Token(
            new { alg = "RS256", kid = "rsa", typ = "at+jwt" }, JsonSerializer.Serialize(claims), data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["missing"] = ("there is no id token", provider => provider.Make = _ => null),
        ["a number"] = ("there is no id token", provider => provider.Make = _ => 7),
        ["empty"] = ("there is no id token", provider => provider.Make = _ => ""),
        ["dots"] = ("the id token is broken", provider => provider.Make = _ => ".."),
        ["of two parts"] = ("there is no id token", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "rsa", claims) is var whole ? whole[..whole.LastIndexOf('.')] : null),
        ["of four parts"] = ("there is no id token", provider => provider.Make = claims => OpenIdProvider.Signed("RS256", "rsa", claims) + ".x"),
        ["not of base 64"] = ("the id token is broken", provider => provider.Make = _ => "!!.!!.!!"),
        ["longer than tokens are"] = ("there is no id token", Claim("padding", new string('x', 20_000))),
    };

    /// <summary>Providers that cannot be used, by where they fail and how.</summary>
    private static readonly Dictionary<string, Action<OpenIdProvider>> BadProviders = new(StringComparer.Ordinal)
    {
        ["token: 500"] = At("/token", Answer(500, "oops")),
        ["token: a page"] = At("/token", Answer(200, "<html>")),
        ["token: a list"] = At("/token", Answer(200, "[]")),
        ["token: twice the same"] = At("/token", Answer(200, """{"access_token":"a","access_token":"b"}""")),
        ["token: leads elsewhere"] = At("/token", http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        }),
        ["token: hangs up"] = At("/token", http =>
        {
            http.Abort();
            return Task.CompletedTask;
        }),
        ["token: 10 MB"] = At("/token", http => http.Response.WriteAsJsonAsync(new { access_token = "a", id_token = new string('x', 10_000_000) })),
        ["token: does not know the client"] = At("/token", Answer(401, """{"error":"invalid_client"}""")),
        ["keys: 500"] = At("/keys", Answer(500, "")),
        ["keys: a page"] = At("/keys", Answer(200, "<html>")),
    };

    /// <summary>Discovery documents that are not to be followed.</summary>
    private static readonly Dictionary<string, Action<OpenIdProvider>> BadDocuments = new(StringComparer.Ordinal)
    {
        ["500"] = At("/.well-known/openid-configuration", Answer(500, "")),
        ["page"] = At("/.well-known/openid-configuration", Answer(200, "<html>")),
        ["number"] = At("/.well-known/openid-configuration", Answer(200, "7")),
        ["issuer"] = provider => provider.Discover = document => document["issuer"] = "https://accounts.example.org",
        ["no-keys"] = provider => provider.Discover = document => document.Remove("jwks_uri"),
        ["plain-token"] = provider => provider.Discover = document => document["token_endpoint"] = "http://accounts.example.org/token",
        ["script"] = provider => provider.Discover = document => document["authorization_endpoint"] = "javascript:alert(1)",
        ["file"] = provider => provider.Discover = document => document["jwks_uri"] = "file:///etc/passwd",
    };

    public static TheoryData<string> TokenNames => [.. BadTokens.Keys];

    public static TheoryData<string> ProviderNames => [.. BadProviders.Keys];

    public static TheoryData<string> DocumentNames => [.. BadDocuments.Keys];

    private OpenIdProvider Provider => world.Provider;

    public Task InitializeAsync()
    {
        Provider.Behave();
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        AccountLifeTests.AssertQuiet(world.Server);
        return Task.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(TokenNames))]
    public async Task No_token_gets_anybody_in_that_is(string wrong)
    {
        BadTokens[wrong].Make(Provider);
        await NobodyGetsIn(Refused);
        Assert.Contains(BadTokens[wrong].Because, world.Server.Log.AtLeast(LogLevel.Warning).Last(), StringComparison.Ordinal);
    }

    /// <summary>What the bad ones are made with makes good ones too: so each is refused for what is wrong with it.</summary>
    [Fact]
    public async Task A_token_with_nothing_wrong_gets_somebody_in_however_it_was_made()
    {
        var sign = (byte[] data) => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        foreach (var good in new[] { Header("RS256", "rsa", sign), Header("RS256", null, sign), Text(static claims => claims), Claim("email_verified", true), Claim("azp", OpenIdProvider.ClientId), Claim("at_hash", null) })
        {
            Provider.Behave();
            good(Provider);
            using var ann = new Traveller(world.Server);
            Assert.Equal("/work", await ann.SignIn());
            Assert.True(await ann.IsSignedIn());
        }
    }

    [Theory]
    [MemberData(nameof(ProviderNames))]
    public async Task No_provider_gets_anybody_in_whose(string wrong)
    {
        BadProviders[wrong](Provider);
        await NobodyGetsIn(Unavailable, provider: wrong.StartsWith("keys", StringComparison.Ordinal) ? $"keys-{wrong.Length}" : "acme");
    }

    [Theory]
    [MemberData(nameof(DocumentNames))]
    public async Task No_browser_is_sent_anywhere_by_the_document(string wrong)
    {
        BadDocuments[wrong](Provider);
        using var ann = new Traveller(world.Server);
        using var response = await ann.Open($"/account/outside/document-{wrong}?return=/work");
        Assert.Equal((HttpStatusCode.Found, Unavailable), (response.StatusCode, response.Headers.Location!.OriginalString));
        Assert.Empty(ann.Person.Cookies.GetCookies(world.Server.Address));

        Provider.Behave();
        Assert.Equal("/work", await ann.SignIn(provider: $"document-{wrong}")); // it is asked anew, and no harm is done
    }

    [Fact]
    public async Task A_slow_provider_is_waited_for_no_longer_than_its_setting_says()
    {
        Provider.Misbehave["/token"] = static http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        await NobodyGetsIn(Unavailable, "hasty");
    }

    [Theory]
    [InlineData("email_verified", false)]
    [InlineData("email_verified", null)]
    [InlineData("email_verified", "True")]
    [InlineData("email_verified", 1)]
    [InlineData("email", null)]
    [InlineData("email", "nobody")]
    [InlineData("email", "аnn@example.org")]
    [InlineData("email", 7)]
    public async Task Nobody_new_comes_in_without_an_address_that_the_provider_vouches_for(string claim, object? value)
    {
        Claim(claim, value)(Provider);
        await NobodyGetsIn("/work#outside-error=outside-email-missing");
    }

    [Fact]
    public async Task A_callback_is_good_once_and_its_code_too()
    {
        using var ann = new Traveller(world.Server);
        var callback = await ann.Agree(await ann.Begin());
        Assert.Equal("/work", await ann.Arrive(callback));
        await Problem("outside-state-invalid", ann.Open(callback));

        using var thief = new Traveller(world.Server);
        var own = await thief.Agree(await thief.Begin());
        Assert.Equal(Refused, await thief.Arrive(With(own, "code", Value(callback, "code"))));
        Assert.False(await thief.IsSignedIn());
    }

    [Fact]
    public async Task An_attempt_is_good_in_the_browser_that_it_began_in_and_in_no_other()
    {
        using var ann = new Traveller(world.Server);
        using var eve = new Traveller(world.Server);
        var annsWay = await ann.Agree(await ann.Begin());
        var evesWay = await eve.Agree(await eve.Begin());

        await Problem("outside-state-invalid", ann.Open(evesWay));
        await Problem("outside-state-invalid", ann.Open(With(annsWay, "state", Value(evesWay, "state"))));

        // The code of somebody else is bound to their browser's verifier, and the token to their nonce.
        Assert.Equal(Refused, await ann.Arrive(With(annsWay, "code", Value(evesWay, "code"))));
        Assert.False(await ann.IsSignedIn());
        Assert.False(await eve.IsSignedIn());
    }

    [Fact]
    public async Task A_state_that_is_invented_cut_of_another_provider_or_old_is_good_for_nothing()
    {
        var time = new SteppedTime();
        await using var server = await AccountLifeTests.Start(time, [.. Provider.Settings(), .. Provider.Settings("zeta")]);
        using var ann = new Traveller(server);
        var way = await ann.Agree(await ann.Begin());
        foreach (var state in new[] { "", "invented", Value(way, "state")[..^1], new string('A', 6_000) })
        {
            await Problem("outside-state-invalid", ann.Open(With(way, "state", state)));
        }

        await Problem("outside-state-invalid", ann.Open("/signin-acme"));
        await Problem("outside-state-invalid", ann.Open(new Uri(way.AbsoluteUri.Replace("/signin-acme", "/signin-zeta", StringComparison.Ordinal))));
        await Problem("outside-unknown", ann.Open(new Uri(way.AbsoluteUri.Replace("/signin-acme", "/signin-trove", StringComparison.Ordinal))));
        time.Step(TimeSpan.FromMinutes(15));
        await Problem("outside-state-invalid", ann.Open(way));
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task What_the_provider_sends_back_instead_of_a_code_is_told_to_the_page()
    {
        await Back("/work#outside-error=outside-denied", back => (back["code"], back["error"]) = (null, "access_denied"));
        await Back(Refused, back => (back["code"], back["error"], back["error_description"]) = (null, "server_error", "<script>"));
        await Back(Refused, back => back["code"] = null);
        await Back(Refused, back => back["code"] = "invented");
        await Back(Refused, back => back["iss"] = "https://accounts.example.org");

        async Task Back(string page, Action<Dictionary<string, string?>> change)
        {
            Provider.Return = change;
            await NobodyGetsIn(page);
        }
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\/evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData(" //evil.example")]
    [InlineData("/work\r\nSet-Cookie: a=b")]
    [InlineData("/work#second-factor=mine")]
    [InlineData("/wörk")]
    public async Task Nobody_is_sent_back_to_another_site(string page)
    {
        using var ann = new Traveller(world.Server, await Person.SignedIn(world.Server, $"{Guid.NewGuid():N}@example.org"));
        await Problem("return-invalid", ann.Open($"/account/outside/acme?return={Uri.EscapeDataString(page)}"));
        await ann.Person.Refused("return-invalid", "me/outside/acme", new { password = Person.Password, @return = page });
        await Problem("return-invalid", ann.Open($"/account/outside/acme?return=/{new string('x', 600)}"));
    }

    [Fact]
    public async Task Linking_takes_the_person_the_password_and_the_page()
    {
        using var nobody = new Person(world.Server);
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.Refused("unauthenticated", "me/outside/acme", new { password = Person.Password }));

        using var ann = await Person.SignedIn(world.Server, $"{Guid.NewGuid():N}@example.org");
        await ann.Refused("password-refused", "me/outside/acme", new { password = "copper violin marsh twelve" });
        await ann.Refused("password-refused", "me/outside/acme", new { });
        await ann.Refused("outside-unknown", "me/outside/nowhere", new { password = Person.Password });
        await ann.Refused("csrf-missing", "me/outside/acme", new { password = Person.Password }, change: request => request.Headers.Remove("Trove-Csrf"));
        await ann.Refused("csrf-missing", "me/outside/acme", new { }, HttpMethod.Delete, request => request.Headers.Remove("Trove-Csrf"));

        using var key = world.Server.Client();
        await Problem("not-allowed", key.PostAsync(new Uri("/api/v1/me/outside/acme", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json")));
        await Problem("not-allowed", key.DeleteAsync(new Uri("/api/v1/me/outside/acme", UriKind.Relative)));
    }

    [Fact]
    public async Task A_link_begun_counts_only_for_who_began_it_and_is_still_signed_in()
    {
        var email = $"{Guid.NewGuid():N}@example.org";
        using var ann = new Traveller(world.Server, await Person.SignedIn(world.Server, email));
        using var eve = new Traveller(world.Server, await Person.SignedIn(world.Server, $"{Guid.NewGuid():N}@example.org"));
        var annsLink = await ann.Agree(await ann.BeginLink());
        await Problem("outside-state-invalid", eve.Open(annsLink)); // eve gets no hold of ann's identity

        await ann.Person.Expect(HttpStatusCode.NoContent, "account/sign-out", new { });
        Assert.Equal("/me#outside-error=outside-link-refused", await ann.Arrive(annsLink));

        await ann.Person.SignIn();
        var again = await ann.Agree(await ann.BeginLink());
        await ann.Person.Expect(HttpStatusCode.NoContent, "me/password", new { password = Person.Password, newPassword = "copper violin marsh twelve" }, HttpMethod.Put);
        Assert.Equal("/me#outside-error=outside-link-refused", await ann.Arrive(again));
    }

    [Fact]
    public async Task An_identity_signs_in_to_one_account_and_cannot_be_linked_to_another()
    {
        using var first = new Traveller(world.Server);
        await first.SignIn();
        using var second = new Traveller(world.Server, await Person.SignedIn(world.Server, $"{Guid.NewGuid():N}@example.org"));
        Assert.Equal("/me#outside-error=login-taken", await second.Link());
        Assert.True(await first.IsSignedIn());
    }

    [Fact]
    public async Task Who_is_suspended_does_not_come_in_this_way_either()
    {
        using var ann = new Traveller(world.Server);
        await ann.SignIn();
        var account = world.Server.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>((await ann.Person.Me()).GetProperty("account").GetString()!);
        await account.Suspend(new Contracts.Actor("boss"), suspended: true);
        Assert.Equal("/work#outside-error=sign-in-refused", await ann.SignIn());
        Assert.False(await ann.IsSignedIn());
    }

    [Fact]
    public async Task Coming_and_going_is_counted_like_every_other_way_to_guess()
    {
        await using var server = await TroveServer.Start(null, ["--Trove:SignInsPerMinute=2", .. Provider.Settings()]);
        using var ann = new Traveller(server);
        await ann.Begin();
        await Problem("outside-state-invalid", ann.Open("/signin-acme?state=x"));
        await Problem("too-many-requests", ann.Open("/signin-acme?state=x"));
        await Problem("too-many-requests", ann.Open("/account/outside/acme"));
    }

    private static Action<OpenIdProvider> Claim(string name, object? value) => provider => provider.Change = claims =>
    {
        claims[name] = value;
        if (value is null)
        {
            claims.Remove(name);
        }
    };

    /// <summary>From the moment of the token on, which comes long after these lists are made.</summary>
    private static Action<OpenIdProvider> Moment(string name, int minutes) => provider => provider.Change = claims => claims[name] = DateTimeOffset.UtcNow.AddMinutes(minutes).ToUnixTimeSeconds();

    private static Action<OpenIdProvider> Header(string algorithm, string? kid, Func<byte[], byte[]> sign) => provider => provider.Make = claims =>
        OpenIdProvider.Token(kid is null ? new { alg = algorithm } : new { alg = algorithm, kid }, JsonSerializer.Serialize(claims), sign);

    private static Action<OpenIdProvider> Text(Func<string, string> change) => provider => provider.Make = claims => OpenIdProvider.Token(
        new { alg = "RS256", kid = "rsa" }, change(JsonSerializer.Serialize(claims)), data => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static Action<OpenIdProvider> At(string path, Func<HttpContext, Task> answer) => provider => provider.Misbehave[path] = answer;

    private static Func<HttpContext, Task> Answer(int status, string text) => http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(text);
    };

    private static string Value(Uri address, string name) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query)[name].Single()!;

    private static Uri With(Uri address, string name, string value)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal);
        query[name] = value;
        return new Uri(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(address.GetLeftPart(UriPartial.Path), query));
    }

    private static async Task Problem(string code, Task<HttpResponseMessage> asked)
    {
        using var response = await asked;
        await Person.AssertProblem(code, response);
    }

    private async Task NobodyGetsIn(string page, string provider = "acme")
    {
        using var ann = new Traveller(world.Server);
        Assert.Equal(page, await ann.SignIn(provider: provider));
        Assert.False(await ann.IsSignedIn());
    }

    /// <summary>One host and one provider for all of it: starting them is what takes time. The provider has several names here, since what it said once is kept by name.</summary>
    public sealed class World : IAsyncLifetime
    {
        internal OpenIdProvider Provider { get; private set; } = null!;

        internal TroveServer Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Provider = await OpenIdProvider.Start();
            var names = BadDocuments.Keys.Select(name => $"document-{name}")
                .Concat(BadProviders.Keys.Where(name => name.StartsWith("keys", StringComparison.Ordinal)).Select(name => $"keys-{name.Length}"));
            Server = await AccountLifeTests.Start(args:
                ["--Trove:AddressRequestsPerMinute=0", .. Provider.Settings(), .. Provider.Settings("hasty", seconds: 1), .. names.SelectMany(name => Provider.Settings(name))]);
        }

        public async Task DisposeAsync()
        {
            await Server.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }
}
