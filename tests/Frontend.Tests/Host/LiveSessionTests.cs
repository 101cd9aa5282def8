using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trove.Frontend.Intake;
using Trove.Frontend.Tests.Hubs;
using Trove.Frontend.Tests.Intake;
using Trove.Testing;

namespace Trove.Frontend.Tests.Host;

/// <summary>Projects from draft to results, over REST and real WebSockets, with the real grains and records behind.</summary>
public sealed class LiveSessionTests : IAsyncLifetime
{
    private TroveServer _server = null!;
    private HttpClient _developer = null!;

    public async Task InitializeAsync()
    {
        _server = await TroveServer.Start();
        _developer = _server.Client();
    }

    public async Task DisposeAsync()
    {
        _developer.Dispose();
        await _server.DisposeAsync();

        // Orleans calls it an error when a call meets a server that is stopping. Whoever made the call hears of it, and asks again.
        Assert.DoesNotContain(_server.Log.AtLeast(LogLevel.Error), line => !line.StartsWith("Failed to address message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_project_lives_from_draft_to_results()
    {
        await Create("cats", redundancy: 2);
        var report = await Import("cats", "first", """{"id":"a","text":"A cat?"}""", """{"id":"b","text":"A dog?"}""");
        Assert.Equal((2, 0, 0), (Number(report, "tasks"), Number(report, "known"), Number(report, "refusedCount")));
        Assert.Equal("live", (await Post("cats/publish")).GetProperty("state").GetString());

        await using var ann = await Worker("ann", "cats");
        await using var bob = await Worker("bob", "cats");
        await Task.WhenAll(Answer(ann, 2), Answer(bob, 2));

        await using var board = await RawHub.Connect(_server, "/hubs/board", "developer");
        var watched = (await board.Invoke("Watch", "\"cats\"", "0")).GetProperty("result");
        while (Number(watched, "closed") < 2)
        {
            var push = await board.Push();
            watched = push.GetProperty("target").GetString() == "Progress" ? push.GetProperty("arguments")[0] : watched;
        }

        var results = await Results("cats");
        Assert.Equal(["a", "b"], results.Select(item => item.GetProperty("definition").GetProperty("sourceId").GetString()).Order(StringComparer.Ordinal));
        Assert.All(results, item =>
        {
            var closed = item.GetProperty("closed");
            Assert.Equal("consensus", closed.GetProperty("outcome").GetProperty("reason").GetString());
            Assert.Equal(2, closed.GetProperty("answers").GetArrayLength());
            Assert.All(closed.GetProperty("answers").EnumerateArray(), answer => Assert.DoesNotContain(answer.GetProperty("contributor").GetString(), new[] { "ann", "bob" }));
        });

        var task = await Get("cats/tasks/0");
        Assert.Equal(2, task.GetProperty("truth").GetProperty("answers").GetInt32());
        using var annsClient = _server.Client("ann");
        Assert.Equal("ann", (await annsClient.GetFromJsonAsync<JsonElement>("/api/v1/me/statement")).GetProperty("contributor").GetString());

        Assert.Equal("closed", (await Post("cats/close")).GetProperty("state").GetString());
        Assert.Equal((HttpStatusCode.Conflict, "wrong-state"), await Refusal(_developer.PostAsync("/api/v1/projects/cats/publish", null)));
    }

    [Fact]
    public async Task Only_the_team_sees_into_a_project_and_changes_it_and_nobody_else_sees_a_draft()
    {
        await Create("mine");
        using var other = _server.Client("other");
        Assert.Equal((HttpStatusCode.NotFound, "project-unknown"), await Refusal(other.GetAsync("/api/v1/projects/mine")));
        Assert.Equal(await Sentence("none"), await Sentence("mine"));
        Assert.Equal((HttpStatusCode.NotFound, "project-unknown"), await Refusal(other.PostAsync("/api/v1/projects/mine/publish", null)));
        await Post("mine/publish");
        foreach (var path in new[] { "results", "progress", "tasks/0" })
        {
            Assert.Equal((HttpStatusCode.Forbidden, "not-yours"), await Refusal(other.GetAsync($"/api/v1/projects/mine/{path}")));
        }

        Assert.Equal((HttpStatusCode.Forbidden, "not-yours"), await Refusal(other.PostAsync("/api/v1/projects/mine/pause", null)));
        Assert.Equal((HttpStatusCode.Forbidden, "not-yours"), await Refusal(other.PutAsync("/api/v1/projects/mine/images", new ByteArrayContent(TinyImages.Jpeg()))));
        Assert.Equal((HttpStatusCode.Forbidden, "not-yours"), await Refusal(other.SendAsync(ImportOf("mine", "x", "{}"))));
        await using var board = await RawHub.Connect(_server, "/hubs/board", "other");
        Assert.Contains("not-yours", (await board.Invoke("Watch", "\"mine\"", "0")).GetProperty("error").GetString(), StringComparison.Ordinal);
        var seen = await other.GetFromJsonAsync<JsonElement>("/api/v1/projects/mine");
        Assert.Equal(0, seen.GetProperty("team").GetArrayLength());

        async Task<string?> Sentence(string project)
        {
            using var answer = await other.GetAsync($"/api/v1/projects/{project}");
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();
        }
    }

    [Fact]
    public async Task Creating_again_changes_nothing_and_another_brief_is_refused()
    {
        await Create("twice");
        await Create("twice");
        Assert.Equal((HttpStatusCode.Conflict, "project-exists"), await Refusal(_developer.PostAsJsonAsync("/api/v1/projects", Project("twice", redundancy: 5))));
        var listed = await _developer.GetFromJsonAsync<JsonElement>("/api/v1/projects?limit=200");
        Assert.Single(listed.GetProperty("entries").EnumerateArray(), entry => entry.GetProperty("project").GetString() == "twice");
        Assert.Equal((HttpStatusCode.NotFound, "project-unknown"), await Refusal(_developer.GetAsync("/api/v1/projects/nowhere")));
        Assert.Equal((HttpStatusCode.BadRequest, "brief-invalid"), await Refusal(_developer.PostAsJsonAsync("/api/v1/projects", new { project = "empty" })));
        Assert.Equal((HttpStatusCode.BadRequest, "bad-request"), await Refusal(_developer.PostAsync("/api/v1/projects", new StringContent("{", Encoding.UTF8, "application/json"))));
    }

    [Fact]
    public async Task A_bad_line_is_refused_with_its_number_and_the_others_stay()
    {
        await Create("lines");
        var report = await Import(
            "lines",
            "first",
            """{"id":"ok","text":"one","redundancy":3,"allow":["ann","bob"]}""",
            "",
            "not json",
            """{"text":"no id"}""",
            """{"id":"ok","text":"again"}""",
            """{"id":"x"}""",
            """{"id":"x","text":"t","redundancy":0}""",
            """{"id":"x","text":"t","redundancy":{"min":5,"max":2}}""",
            """{"id":"x","text":"t","allow":["a b"]}""",
            $$"""{"id":"x","image":"{{new string('0', 64)}}"}""",
            """{"id":"x","text":"t","colour":"red"}""",
            """{"id":"x","text":"t"} {"id":"y"}""",
            """{"id":"\ud800","text":"t"}""",
            $$"""{"id":"x","text":"{{new string('x', 5000)}}"}""",
            $$"""{"id":"x","text":"{{new string('x', 200_000)}}"}""",
            """{"id":"fine","text":"two","redundancy":{"min":2,"max":4,"confidence":0.9}}""");
        Assert.Equal(2, Number(report, "tasks"));
        Assert.Equal(Enumerable.Range(3, 13), report.GetProperty("refused").EnumerateArray().Select(line => (int)line.GetProperty("line").GetInt64()));
        Assert.Equal(13, Number(report, "refusedCount"));
    }

    [Fact]
    public async Task An_import_sent_again_finds_its_tasks_known()
    {
        await Create("again");
        var lines = Enumerable.Range(0, 2500).Select(i => $$"""{"id":"t{{i}}","text":"task {{i}}"}""").ToArray();
        var first = await Import("again", "one", lines);
        Assert.Equal((2500, 0), (Number(first, "tasks"), Number(first, "known")));
        var second = await Import("again", "one", lines);
        Assert.Equal((2500, 2500), (Number(second, "tasks"), Number(second, "known")));
        Assert.Equal(2500, Number(await Get("again"), "tasks"));
        Assert.Equal((HttpStatusCode.BadRequest, "idempotency-key"), await Refusal(_developer.PostAsync("/api/v1/projects/again/tasks", new StringContent("{}", Encoding.UTF8, "application/x-ndjson"))));
    }

    [Fact]
    public async Task Tokens_that_are_made_up_stolen_or_replayed_change_nothing()
    {
        await Create("tokens", redundancy: 2);
        await Import("tokens", "first", """{"id":"a","text":"A cat?"}""");
        await Post("tokens/publish");
        await using var early = await RawHub.Connect(_server, "/hubs/work", "mallory");
        Assert.Contains("not-joined", (await early.Invoke("Submit", """{"token":"t","values":["yes"]}""")).GetProperty("error").GetString(), StringComparison.Ordinal);

        await using var ann = await Worker("ann", "tokens");
        var token = (await Next(ann, "Offer")).Argument[0].GetProperty("token").GetString()!;
        await using var mallory = await Worker("mallory", "tokens");
        Assert.Equal("invalid", await Submit(mallory, "bWFkZSB1cA"));
        Assert.Equal("invalid", await Submit(mallory, token));
        Assert.Equal("accepted", await Submit(ann, token));
        Assert.Equal("alreadyAccepted", await Submit(ann, token));
        Assert.Equal("invalid", await Submit(mallory, token));
        Assert.Equal(1, (await Get("tokens/tasks/0")).GetProperty("truth").GetProperty("answers").GetInt32());
    }

    [Fact]
    public async Task A_picture_goes_in_clean_and_out_under_a_signed_address()
    {
        await Create("pictures", redundancy: 1);
        var secret = "47.1 N 8.5 E"u8.ToArray();
        var uploaded = await (await _developer.PutAsync("/api/v1/projects/pictures/images", new ByteArrayContent(TinyImages.Jpeg(24, 16, [TinyImages.Exif(6, "47.1 N 8.5 E")], after: secret))))
            .Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((24, 16, 6), (Number(uploaded, "width"), Number(uploaded, "height"), Number(uploaded, "orientation")));
        await Import("pictures", "first", $$"""{"id":"p","image":"{{uploaded.GetProperty("hash").GetString()}}"}""");
        await Post("pictures/publish");

        await using var ann = await Worker("ann", "pictures");
        var (_, offers) = await Next(ann, "Offer");
        var address = offers[0].GetProperty("image").GetString()!;
        using var anybody = _server.Client(user: null);
        var response = await anybody.GetAsync(address);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("image/jpeg", "nosniff", "private"), (response.Content.Headers.ContentType?.MediaType, response.Headers.GetValues("X-Content-Type-Options").Single(), response.Headers.CacheControl?.Private == true ? "private" : ""));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(secret));
        Assert.Equal(Number(uploaded, "bytes"), bytes.Length);

        Assert.Equal((HttpStatusCode.Forbidden, "image-link-invalid"), await Refusal(anybody.GetAsync(address.Replace("/pictures/", "/others/", StringComparison.Ordinal))));
        Assert.Equal((HttpStatusCode.Forbidden, "image-link-invalid"), await Refusal(anybody.GetAsync(address.Replace("exp=1", "exp=2", StringComparison.Ordinal))));
        Assert.Equal((HttpStatusCode.Forbidden, "image-link-invalid"), await Refusal(anybody.GetAsync(address[..^2])));
        Assert.Equal((HttpStatusCode.Forbidden, "image-link-invalid"), await Refusal(anybody.GetAsync(address[..address.IndexOf('?', StringComparison.Ordinal)])));
        var unknown = _server.Services.GetRequiredService<ImageLinks>().Sign("pictures", new string('0', 64));
        Assert.Equal((HttpStatusCode.NotFound, "image-unknown"), await Refusal(anybody.GetAsync(unknown)));
    }

    [Fact]
    public void A_signed_address_ends_with_its_time()
    {
        var clock = new ManualTime();
        var links = new ImageLinks(new byte[32], TimeSpan.FromMinutes(30), clock);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(links.Sign("p", "h").Split('?')[1]);
        var (expires, signature) = (long.Parse(query["exp"]!), query["sig"].ToString());
        Assert.True(links.IsValid("p", "h", expires, signature));
        Assert.False(new ImageLinks([1, .. new byte[31]], TimeSpan.FromMinutes(30), clock).IsValid("p", "h", expires, signature));
        clock.Advance(TimeSpan.FromMinutes(30));
        Assert.True(links.IsValid("p", "h", expires, signature));
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.False(links.IsValid("p", "h", expires, signature));
    }

    [Theory]
    [InlineData("image-empty", HttpStatusCode.UnprocessableEntity, "")]
    [InlineData("image-type-unknown", HttpStatusCode.UnsupportedMediaType, "GIF89a")]
    public async Task A_picture_that_cannot_be_taken_is_refused_with_its_reason(string code, HttpStatusCode status, string content)
    {
        await Create("refused");
        Assert.Equal((status, code), await Refusal(_developer.PutAsync("/api/v1/projects/refused/images", new StringContent(content))));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        await Create("large");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "image-too-large"), await Refusal(_developer.PutAsync("/api/v1/projects/large/images", new ByteArrayContent(new byte[ImageLimits.Bytes + 1]))));
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_an_import_on_its_way()
    {
        await Create("stopped");
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
        using var reader = new StreamReader(client.GetStream());
        var line = """{"id":"a","text":"and then nothing more comes"}""";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/projects/stopped/tasks HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nAuthorization: Bearer {await _server.KeyOf("developer")}\r\nIdempotency-Key: one\r\n"
            + $"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n{line.Length + 1:x}\r\n{line}\n\r\n"));
        await _server.Services.GetRequiredService<Frontend.Hosting.Readiness>().CloseAsync();
        Assert.Equal("HTTP/1.1 503 Service Unavailable", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_tag_that_tasks_decided_is_suggested_and_one_that_somebody_proposed_is_not()
    {
        var created = await _developer.PostAsJsonAsync("/api/v1/projects", Project("zoo", 2, new { kind = "tags", options = new[] { "Zebra" } }));
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        await Import("zoo", "first", [.. Enumerable.Range(0, 6).Select(i => $$"""{"id":"{{i}}","text":"picture {{i}}"}""")]);
        await Post("zoo/publish");
        await using var ann = await Worker("ann", "zoo");
        Assert.Equal(["Zebra"], await Suggested(ann, ""));

        await using var bob = await Worker("bob", "zoo");
        await Task.WhenAll(Answer(ann, 6, "Horse", "hidden"), Answer(bob, 6, "horse"));
        await using var eve = await Worker("eve", "zoo");
        while (!(await Suggested(eve, "ho")).SequenceEqual(["horse"]))
        {
            await Task.Delay(20); // the tasks are read in the background
        }

        Assert.Equal(["horse", "Zebra"], await Suggested(eve, ""));
        Assert.Empty(await Suggested(eve, "hid"));
    }

    private static async Task<string[]> Suggested(RawHub worker, string prefix) =>
        [.. (await worker.Invoke("SuggestTags", "\"zoo\"", $"\"{prefix}\"")).GetProperty("result").EnumerateArray().Select(tag => tag.GetString()!)];

    private static async Task Answer(RawHub worker, int tasks, params string[] values)
    {
        var offers = new Queue<JsonElement>();
        for (var done = 0; done < tasks; done++)
        {
            if (offers.Count == 0)
            {
                Add((await Next(worker, "Offer")).Argument);
            }

            var reply = await Reply(worker, offers.Dequeue().GetProperty("token").GetString()!, values);
            Assert.Equal("accepted", reply.GetProperty("status").GetString());
            Add(reply.GetProperty("offers"));
        }

        void Add(JsonElement more)
        {
            foreach (var offer in more.EnumerateArray())
            {
                offers.Enqueue(offer);
            }
        }
    }

    private static async Task<string?> Submit(RawHub worker, string token) => (await Reply(worker, token)).GetProperty("status").GetString();

    private static async Task<JsonElement> Reply(RawHub worker, string token, params string[] values) =>
        (await worker.Invoke("Submit", JsonSerializer.Serialize(new { token, values = values.Length > 0 ? values : ["yes"] }))).GetProperty("result");

    private static async Task<(string Target, JsonElement Argument)> Next(RawHub hub, string target)
    {
        while (true)
        {
            var push = await hub.NextPush();
            if (push.Target == target)
            {
                return push;
            }
        }
    }

    private static int Number(JsonElement element, string property) => (int)element.GetProperty(property).GetInt64();

    private static object Project(string key, int redundancy, object? schema = null) => new
    {
        project = key,
        brief = new
        {
            title = "Cats",
            purpose = "Teach a model what a cat is.",
            question = "Is there a cat?",
            schema = schema ?? new { kind = "yesNo" },
            redundancy = new { kind = "fixed", minimum = redundancy, maximum = redundancy },
        },
    };

    private static HttpRequestMessage ImportOf(string project, string import, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/projects/{project}/tasks") { Content = new StringContent(body, Encoding.UTF8, "application/x-ndjson") };
        request.Headers.Add("Idempotency-Key", import);
        return request;
    }

    private static async Task<(HttpStatusCode Status, string? Code)> Refusal(Task<HttpResponseMessage> request)
    {
        using var response = await request;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    private async Task Create(string key, int redundancy = 3)
    {
        var response = await _developer.PostAsJsonAsync("/api/v1/projects", Project(key, redundancy));
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> Import(string project, string import, params string[] lines)
    {
        using var request = ImportOf(project, import, string.Join('\n', lines));
        var response = await _developer.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> Post(string path)
    {
        var response = await _developer.PostAsync($"/api/v1/projects/{path}", null);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> Get(string path) => await _developer.GetFromJsonAsync<JsonElement>($"/api/v1/projects/{path}");

    private async Task<List<JsonElement>> Results(string project)
    {
        var items = new List<JsonElement>();
        for (string? cursor = null; ;)
        {
            var page = await Get($"{project}/results?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString();
            if (cursor is null)
            {
                return items;
            }
        }
    }

    private async Task<RawHub> Worker(string user, string project)
    {
        var hub = await RawHub.Connect(_server, "/hubs/work", user);
        var joined = await hub.Invoke("Join", $$"""{"projects":[{"project":"{{project}}"}],"stint":0}""");
        Assert.True(joined.TryGetProperty("result", out _), joined.ToString());
        return hub;
    }
}
