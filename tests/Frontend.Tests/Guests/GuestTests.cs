using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Contracts.Accounts;
using Trove.Frontend.Guests;
using Trove.Frontend.Tests.Accounts;
using Trove.Frontend.Tests.Host;
using Trove.Frontend.Tests.Intake;

namespace Trove.Frontend.Tests.Guests;

/// <summary>Guests over a real server, from the first item to answers that count.</summary>
public sealed class GuestTests
{
    [Fact]
    public async Task Ten_answers_of_a_guest_count_as_the_accounts_once_it_is_confirmed_on_whatever_device()
    {
        await using var server = await Start();
        await Publish(server, "owls", tasks: 12, redundancy: 1);
        await Publish(server, "cats", tasks: 12, redundancy: 1);
        using var ann = new Person(server);
        var begun = await ann.Expect(HttpStatusCode.OK, "guest", new { project = "owls" });
        Assert.Equal("A model that counts owls.", begun.GetProperty("brief").GetProperty("purpose").GetString());
        var items = Items(begun);
        Assert.Equal(10, items.Distinct().Count());
        foreach (var item in items)
        {
            await ann.Expect(HttpStatusCode.NoContent, $"guest/answers/{item}", new { values = new[] { "no" } }, HttpMethod.Put);
        }

        await ann.Expect(HttpStatusCode.NoContent, $"guest/answers/{items[0]}", new { values = new[] { "yes" } }, HttpMethod.Put); // thought better of it
        var eleventh = Enumerable.Range(0, 12).Except(items).First();
        Assert.Equal(HttpStatusCode.NotFound, await ann.Refused("guest-item-unknown", $"guest/answers/{eleventh}", new { values = new[] { "no" } }, HttpMethod.Put));
        Assert.Equal(HttpStatusCode.BadRequest, await ann.Refused("answer-invalid", $"guest/answers/{items[0]}", new { values = new[] { "perhaps" } }, HttpMethod.Put));
        Assert.Equal(HttpStatusCode.Conflict, await ann.Refused("guest-one-project", "guest", new { project = "cats" }));
        var stands = await Get(ann, "guest");
        Assert.Equal(["yes"], stands.GetProperty("items").EnumerateArray().First().GetProperty("answer").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal(0, (await Progress(server, "owls")).GetProperty("answers").GetInt32()); // nothing counts yet

        await ann.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = ann.Email, name = ann.Name, password = Person.Password });
        using var phone = new Person(server);
        var report = await phone.Expect(HttpStatusCode.OK, "account/confirm", new { code = phone.MailedCode() });
        Assert.Equal(("owls", 10, 0), (report.GetProperty("project").GetString(), report.GetProperty("counted").GetInt32(), report.GetProperty("refused").GetArrayLength()));
        await phone.SignIn();
        var statement = await Until(() => Get(phone, "me/statement"), statement => statement.GetProperty("earned").GetInt32() == 10);
        Assert.Equal(
            items.Order(), statement.GetProperty("latest").EnumerateArray().Select(entry => entry.GetProperty("task").GetProperty("number").GetInt32()).Order());

        stands = await Get(ann, "guest");
        Assert.True(stands.GetProperty("handedIn").GetBoolean());
        Assert.All(stands.GetProperty("items").EnumerateArray(), item => Assert.Equal("counted", item.GetProperty("fate").GetString()));
        await ann.Refused("guest-handed-in", $"guest/answers/{items[0]}", new { values = new[] { "no" } }, HttpMethod.Put);
        var account = (await Get(phone, "me")).GetProperty("account").GetString()!;
        Assert.Null((await server.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>(account).Read()).Value!.Guest);
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task Signing_in_hands_in_too_and_refuses_what_the_account_answered_before()
    {
        await using var server = await Start();
        await Publish(server, "owls", tasks: 2, redundancy: 2);
        using var ann = await Person.SignedIn(server);
        using var first = new Person(server);
        await AnswerAll(first, "owls");
        var report = await SignIn(first);
        Assert.Equal((2, 0), (report.GetProperty("counted").GetInt32(), report.GetProperty("refused").GetArrayLength()));
        Assert.Equal(HttpStatusCode.NotFound, (await first.Get("guest")).StatusCode); // the next person at this browser is another guest

        using var again = new Person(server);
        var items = await AnswerAll(again, "owls");
        report = await SignIn(again);
        Assert.Equal(0, report.GetProperty("counted").GetInt32());
        Assert.Equal(
            items.Order().Select(item => (item, "alreadyYours")),
            report.GetProperty("refused").EnumerateArray().Select(refused => (refused.GetProperty("task").GetInt32(), refused.GetProperty("why").GetString()!)).Order());
        Assert.Equal(2, (await Progress(server, "owls")).GetProperty("answers").GetInt32());
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task A_hand_in_that_failed_at_confirmation_is_done_at_the_next_sign_in()
    {
        await using var server = await Start();
        await Publish(server, "owls", tasks: 2, redundancy: 1);
        using var browser = new Person(server, "else@example.org");
        await AnswerAll(browser, "owls");
        using var ann = await Person.SignedIn(server);
        var account = server.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>((await Get(ann, "me")).GetProperty("account").GetString()!);
        var whole = (await account.Read()).Value!;
        Assert.Null((await account.Update(new Contracts.Actor(whole.Id), whole with { Guest = GuestOf(server, browser) })).Problem); // as the failure leaves it

        Assert.Equal(2, (await SignIn(ann)).GetProperty("counted").GetInt32());
        Assert.Null((await account.Read()).Value!.Guest);
    }

    [Fact]
    public async Task A_new_password_that_confirms_the_address_hands_in_as_well()
    {
        await using var server = await Start();
        await Publish(server, "owls", tasks: 2, redundancy: 1);
        using var ann = new Person(server);
        await AnswerAll(ann, "owls");
        await ann.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = ann.Email, name = ann.Name, password = Person.Password });
        await ann.Expect(HttpStatusCode.Accepted, "account/forgotten", new { email = ann.Email });
        await ann.Expect(HttpStatusCode.NoContent, "account/reset", new { code = ann.MailedCode(), password = "copper violin marsh twelve" });
        Assert.All((await Get(ann, "guest")).GetProperty("items").EnumerateArray(), item => Assert.Equal("counted", item.GetProperty("fate").GetString()));
    }

    [Fact]
    public async Task A_second_factor_comes_before_the_hand_in()
    {
        var time = new SteppedTime();
        await using var server = await Start(time);
        await Publish(server, "owls", tasks: 2, redundancy: 1);
        using var ann = await Person.SignedIn(server);
        var secret = (await ann.Expect(HttpStatusCode.OK, "me/two-factor", new { password = Person.Password })).GetProperty("secret").GetString()!;
        await ann.Expect(HttpStatusCode.OK, "me/two-factor/enable", new { code = Person.AppCode(secret, time.GetUtcNow()) });

        using var browser = new Person(server);
        await AnswerAll(browser, "owls");
        var asked = await browser.Expect(HttpStatusCode.OK, "account/sign-in", new { email = ann.Email, password = Person.Password });
        Assert.False(asked.TryGetProperty("handedIn", out var early) && early.ValueKind != JsonValueKind.Null);
        Assert.False((await Get(browser, "guest")).GetProperty("handedIn").GetBoolean());
        time.Step(TimeSpan.FromMinutes(1));
        var report = await browser.Expect(
            HttpStatusCode.OK, "account/second-factor", new { secondFactor = asked.GetProperty("secondFactor").GetString(), code = Person.AppCode(secret, time.GetUtcNow()) });
        Assert.Equal(2, report.GetProperty("counted").GetInt32());
    }

    [Fact]
    public async Task A_picture_comes_under_a_signed_address_that_the_guest_can_load()
    {
        await using var server = await Start();
        using var developer = server.Client();
        await Publish(server, "owls", publish: false);
        using var upload = await developer.PutAsync("/api/v1/projects/owls/images", new ByteArrayContent(TinyImages.Png()));
        var hash = (await upload.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("hash").GetString()!;
        await Import(developer, "owls", "second", $$"""{"id":"picture","image":"{{hash}}"}""");
        Assert.True((await developer.PostAsync("/api/v1/projects/owls/publish", null)).IsSuccessStatusCode);

        using var guest = new Person(server);
        var begun = await guest.Expect(HttpStatusCode.OK, "guest", new { project = "owls" });
        var address = Assert.Single(begun.GetProperty("items").EnumerateArray(), item => item.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.String)
            .GetProperty("image").GetString()!;
        Assert.StartsWith($"/images/owls/{hash}?exp=", address, StringComparison.Ordinal);
        using var anybody = server.Client(user: null);
        Assert.Equal(HttpStatusCode.OK, (await anybody.GetAsync(address)).StatusCode);
    }

    [Fact]
    public async Task An_item_that_others_closed_meanwhile_is_refused_with_the_reason()
    {
        await using var server = await Start();
        await Publish(server, "owls", tasks: 1, redundancy: 1);
        using var ann = new Person(server);
        using var bob = new Person(server, "bob@example.org");
        await AnswerAll(ann, "owls");
        await AnswerAll(bob, "owls");
        foreach (var (person, why) in new[] { (ann, (string?)null), (bob, "notNeeded") })
        {
            await person.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = person.Email, name = person.Name, password = Person.Password });
            var report = await person.Expect(HttpStatusCode.OK, "account/confirm", new { code = person.MailedCode() });
            Assert.Equal(why is null ? [] : [why], report.GetProperty("refused").EnumerateArray().Select(refused => refused.GetProperty("why").GetString()));
        }
    }

    [Fact]
    public async Task Whoever_signs_up_last_with_an_address_hands_in_and_nobody_lays_answers_in_anothers_account()
    {
        await using var server = await Start();
        await Publish(server, "owls", tasks: 1, redundancy: 1);
        using var mallory = new Person(server);
        await AnswerAll(mallory, "owls");
        using var ann = new Person(server);
        foreach (var person in new[] { mallory, ann })
        {
            await person.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email = person.Email, name = person.Name, password = Person.Password });
        }

        await ann.Expect(HttpStatusCode.NoContent, "account/confirm", new { code = ann.MailedCode() });
        Assert.False((await Get(mallory, "guest")).GetProperty("handedIn").GetBoolean());
    }

    [Fact]
    public async Task A_project_that_is_paid_simulated_not_live_for_some_only_or_not_there_is_refused_to_guests_in_the_same_words()
    {
        await using var server = await Start();
        await Publish(server, "paid", brief: """, "priceMinor": 1""");
        await Publish(server, "rehearsal", project: """, "simulated": true""");
        await Publish(server, "adults", brief: """, "audience": { "minimumAge": 18 }""");
        await Publish(server, "draft", publish: false);
        await Publish(server, "paused");
        using var developer = server.Client();
        Assert.Equal(HttpStatusCode.OK, (await developer.PostAsync("/api/v1/projects/paused/pause", null)).StatusCode);

        using var guest = new Person(server);
        var answers = new List<string>();
        foreach (var project in new[] { "paid", "rehearsal", "adults", "draft", "paused", "nowhere" })
        {
            using var response = await guest.Send("guest", new { project });
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            await Person.AssertProblem("guest-project-refused", response);
            Assert.False(response.Headers.Contains("Set-Cookie"));
            answers.Add(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()!);
        }

        Assert.Single(answers.Distinct());
        await guest.Refused("project-invalid", "guest", new { project = "a/b" });
        await guest.Refused("project-invalid", "guest", new { });
    }

    [Fact]
    public async Task Guests_begin_only_so_often_from_one_network()
    {
        await using var server = await TroveServer.Start(configure: null, "--Trove:GuestsPerMinute=2");
        await Publish(server, "owls", tasks: 1, redundancy: 1);
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var guest = new Person(server);
            using var response = await guest.Send("guest", new { project = "owls" });
            codes.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], codes);
    }

    [Fact]
    public async Task A_cookie_that_is_missing_made_up_cut_changed_of_another_purpose_or_of_another_Trove_names_nobody()
    {
        await using var server = await Start();
        await using var other = await Start();
        await Publish(server, "owls", tasks: 3, redundancy: 1);
        await Publish(other, "owls", tasks: 3, redundancy: 1);
        using var guest = new Person(server);
        var items = await AnswerAll(guest, "owls");
        var good = guest.Cookies.GetCookies(server.Address)[GuestCookie.Name]!;
        Assert.True(good.HttpOnly);
        using var ann = await Person.SignedIn(server);
        using var stranger = new Person(other);
        await AnswerAll(stranger, "owls");

        string[] bad =
        [
            "", "0123456789abcdef0123456789abcdef", good.Value[..^1], good.Value[1..], good.Value + good.Value, new string('A', 3000), $"{good.Value[..20]}AAAA{good.Value[24..]}",
            ann.Session!.Value, stranger.Cookies.GetCookies(other.Address)[GuestCookie.Name]!.Value,
        ];
        foreach (var value in bad)
        {
            foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
            {
                (HttpMethod.Get, "guest", null), (HttpMethod.Put, $"guest/answers/{items[0]}", new { values = new[] { "no" } }), (HttpMethod.Delete, "guest", null),
            })
            {
                using var response = await Raw(server, method, path, body, $"{GuestCookie.Name}={value}");
                Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
                await Person.AssertProblem("guest-unknown", response);
            }
        }

        using (var swapped = await Raw(server, HttpMethod.Get, "me", body: null, $"trove={good.Value}"))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, swapped.StatusCode); // it is no way in
        }

        Assert.All((await Get(guest, "guest")).GetProperty("items").EnumerateArray(), item => Assert.Equal("yes", item.GetProperty("answer")[0].GetString()));
        AccountLifeTests.AssertQuiet(server);
    }

    [Fact]
    public async Task A_page_of_another_site_neither_answers_nor_begins_nor_forgets_for_a_guest()
    {
        await using var server = await Start();
        await Publish(server, "owls", tasks: 1, redundancy: 1);
        using var guest = new Person(server);
        var items = await AnswerAll(guest, "owls");
        static void Foreign(HttpRequestMessage request) => request.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, await guest.Refused("origin-foreign", "guest", new { project = "owls" }, change: Foreign));
        Assert.Equal(HttpStatusCode.Forbidden, await guest.Refused("origin-foreign", $"guest/answers/{items[0]}", new { values = new[] { "no" } }, HttpMethod.Put, Foreign));
        Assert.Equal(HttpStatusCode.Forbidden, await guest.Refused("origin-foreign", "guest", new { }, HttpMethod.Delete, Foreign));
        Assert.Equal("yes", (await Get(guest, "guest")).GetProperty("items")[0].GetProperty("answer")[0].GetString());
    }

    [Fact]
    public async Task A_cookie_says_where_it_may_go_and_is_worth_nothing_after_a_week()
    {
        var time = new SteppedTime();
        await using var server = await Start(time);
        await Publish(server, "owls", tasks: 1, redundancy: 1);
        using var begun = await Raw(server, HttpMethod.Post, "guest", new { project = "owls" }, cookie: null);
        var set = Assert.Single(begun.Headers.GetValues("Set-Cookie"));
        foreach (var part in new[] { "httponly", "samesite=lax", "path=/", "max-age=604800" })
        {
            Assert.Contains(part, set, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal("no-store", begun.Headers.CacheControl!.ToString());
        var cookie = set[..set.IndexOf(';', StringComparison.Ordinal)];
        time.Step(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        using (var last = await Raw(server, HttpMethod.Get, "guest", body: null, cookie))
        {
            Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        }

        time.Step(TimeSpan.FromMinutes(2));
        using var late = await Raw(server, HttpMethod.Get, "guest", body: null, cookie);
        await Person.AssertProblem("guest-unknown", late);
    }

    [Fact]
    public async Task A_guest_who_asks_is_forgotten_and_may_begin_again()
    {
        await using var server = await Start();
        await Publish(server, "owls", tasks: 1, redundancy: 1);
        using var guest = new Person(server);
        await AnswerAll(guest, "owls");
        await guest.Expect(HttpStatusCode.NoContent, "guest", new { }, HttpMethod.Delete);
        Assert.Equal(HttpStatusCode.NotFound, (await guest.Get("guest")).StatusCode);
        var begun = await guest.Expect(HttpStatusCode.OK, "guest", new { project = "owls" });
        Assert.False(begun.GetProperty("items")[0].GetProperty("answered").GetBoolean());
    }

    private static Task<TroveServer> Start(TimeProvider? time = null) => AccountLifeTests.Start(time, "--Trove:GuestsPerMinute=0");

    private static async Task Publish(TroveServer server, string key, int tasks = 1, int redundancy = 1, string brief = "", string project = "", bool publish = true)
    {
        using var developer = server.Client();
        using var created = await developer.PostAsync("/api/v1/projects", Json(
            $$"""
            { "project": "{{key}}"{{project}}, "brief": { "title": "T", "purpose": "A model that counts {{key}}.", "question": "Is there one?", "schema": { "kind": "yesNo" },
              "redundancy": { "kind": "fixed", "minimum": {{redundancy}}, "maximum": {{redundancy}} }{{brief}} } }
            """));
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        await Import(developer, key, "first", string.Join('\n', Enumerable.Range(0, tasks).Select(i => $$"""{"id":"s{{i}}","text":"item {{i}}"}""")));
        if (publish)
        {
            using var published = await developer.PostAsync($"/api/v1/projects/{key}/publish", null);
            Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
        }
    }

    private static async Task Import(HttpClient developer, string project, string import, string tasks)
    {
        using var lines = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/projects/{project}/tasks") { Content = new StringContent(tasks, Encoding.UTF8, "application/x-ndjson") };
        lines.Headers.Add("Idempotency-Key", import);
        using var imported = await developer.SendAsync(lines);
        Assert.True(imported.IsSuccessStatusCode, await imported.Content.ReadAsStringAsync());
    }

    /// <summary>The guest that a browser's cookie names.</summary>
    private static string GuestOf(TroveServer server, Person browser)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Cookie = $"{GuestCookie.Name}={browser.Cookies.GetCookies(server.Address)[GuestCookie.Name]!.Value}";
        return server.Services.GetRequiredService<GuestCookie>().Read(http)!;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<int[]> AnswerAll(Person guest, string project)
    {
        var items = Items(await guest.Expect(HttpStatusCode.OK, "guest", new { project }));
        foreach (var item in items)
        {
            await guest.Expect(HttpStatusCode.NoContent, $"guest/answers/{item}", new { values = new[] { "yes" } }, HttpMethod.Put);
        }

        return items;
    }

    private static int[] Items(JsonElement view) => [.. view.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("task").GetInt32())];

    private static async Task<JsonElement> SignIn(Person person) =>
        (await person.Expect(HttpStatusCode.OK, "account/sign-in", new { email = person.Email, password = Person.Password })).GetProperty("handedIn");

    private static async Task<JsonElement> Get(Person person, string path)
    {
        using var response = await person.Get(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<JsonElement> Progress(TroveServer server, string project)
    {
        using var developer = server.Client();
        return await developer.GetFromJsonAsync<JsonElement>($"/api/v1/projects/{project}/progress");
    }

    /// <summary>Asks until it is so: verdicts are settled behind the answer.</summary>
    private static async Task<JsonElement> Until(Func<Task<JsonElement>> ask, Func<JsonElement, bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var answer = await ask();
            if (isSo(answer))
            {
                return answer;
            }

            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<HttpResponseMessage> Raw(TroveServer server, HttpMethod method, string path, object? body, string? cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(method, $"api/v1/{path}") { Content = body is null ? null : JsonContent.Create(body) };
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await http.SendAsync(request);
    }
}
