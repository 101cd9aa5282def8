using System.Net;
using System.Security.Cryptography;
using System.Text;
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

    public static TheoryData<string> TokenNames => [.. Misdeeds.Tokens.Keys];

    public static TheoryData<string> ProviderNames => [.. Misdeeds.Answers.Keys];

    public static TheoryData<string> DocumentNames => [.. Misdeeds.Documents.Keys];

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
        Misdeeds.Tokens[wrong].Make(Provider);
        await NobodyGetsIn(Refused);
        Assert.Contains(Misdeeds.Tokens[wrong].Because, world.Server.Log.AtLeast(LogLevel.Warning).Last(), StringComparison.Ordinal);
    }

    /// <summary>What the bad ones are made with makes good ones too: so each is refused for what is wrong with it.</summary>
    [Fact]
    public async Task A_token_with_nothing_wrong_gets_somebody_in_however_it_was_made()
    {
        var sign = (byte[] data) => OpenIdProvider.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        foreach (var good in new[] { Misdeeds.Header("RS256", "rsa", sign), Misdeeds.Header("RS256", null, sign), Misdeeds.Text(static claims => claims), Misdeeds.Claim("email_verified", true), Misdeeds.Claim("azp", OpenIdProvider.ClientId), Misdeeds.Claim("at_hash", null) })
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
        Misdeeds.Answers[wrong](Provider);
        await NobodyGetsIn(Unavailable, provider: wrong.StartsWith("keys", StringComparison.Ordinal) ? $"keys-{wrong.Length}" : "acme");
    }

    [Theory]
    [MemberData(nameof(DocumentNames))]
    public async Task No_browser_is_sent_anywhere_by_the_document(string wrong)
    {
        Misdeeds.Documents[wrong](Provider);
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
        Misdeeds.Claim(claim, value)(Provider);
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
            var names = Misdeeds.Documents.Keys.Select(name => $"document-{name}")
                .Concat(Misdeeds.Answers.Keys.Where(name => name.StartsWith("keys", StringComparison.Ordinal)).Select(name => $"keys-{name.Length}"));
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
