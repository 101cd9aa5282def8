using System.Net;
using System.Text.Json;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Auditing;

public sealed class AuditEndpointsTests
{
    private const string Brief = """{"title":"Cats","purpose":"p","question":"q","schema":{"kind":"yesNo"},"audience":{"minimumAge":18,"regions":["AT"]}}""";

    [Fact]
    public async Task What_a_developer_does_to_a_project_and_its_team_can_be_looked_up()
    {
        await using var server = await TroveServer.Start();
        using var dora = server.Client("dora");
        using var ann = server.Client("ann");
        using var admin = server.Client("admin");
        await server.KeyOf("ann");
        await Send(dora, HttpMethod.Post, "projects", $$"""{"project":"cats","brief":{{Brief}}}""", HttpStatusCode.Created);
        var team = await Send(dora, HttpMethod.Put, "projects/cats/team/of-ann", """{"role":"viewer"}""");
        Assert.Equal("""[{"account":"of-ann","role":"viewer"},{"account":"of-dora","role":"owner"}]""", team.GetRawText());
        Assert.Equal(team.GetRawText(), (await Send(dora, HttpMethod.Get, "projects/cats/team")).GetRawText());
        Assert.Equal("not-yours", Code(await Send(ann, HttpMethod.Put, "projects/cats/team/of-ann", """{"role":"owner"}""", HttpStatusCode.Forbidden)));
        Assert.Equal("last-owner", Code(await Send(dora, HttpMethod.Delete, "projects/cats/team/of-dora", null, HttpStatusCode.Conflict)));
        Assert.Equal("member-invalid", Code(await Send(dora, HttpMethod.Put, "projects/cats/team/of-ann", "{}", HttpStatusCode.BadRequest)));
        await Send(dora, HttpMethod.Delete, "projects/cats/team/of-ann");

        Assert.Equal(["project.member-set", "project.member-set", "project.created"], Acts(await Send(dora, HttpMethod.Get, "me/audit?act=project.")));
        Assert.Equal(["project.member-set", "project.member-set"], Acts(await Send(ann, HttpMethod.Get, "me/audit?act=project.")));
        var found = await Send(admin, HttpMethod.Get, "audit?act=project.&limit=2");
        Assert.Equal(["project.member-set", "project.member-set"], Acts(found));
        Assert.Equal("127.0.0.0/24", found.GetProperty("entries")[0].GetProperty("by").GetProperty("from").GetString());
        var rest = await Send(admin, HttpMethod.Get, $"audit?act=project.&limit=2&cursor={found.GetProperty("next").GetString()}");
        Assert.Equal(["project.created"], Acts(rest));
        Assert.Equal(["audit.searched", "audit.searched"], Acts(await Send(admin, HttpMethod.Get, "me/audit?act=audit.searched")));
        Assert.Equal("page-invalid", Code(await Send(admin, HttpMethod.Get, "audit?cursor=nonsense", null, HttpStatusCode.BadRequest)));
        Assert.Equal("page-invalid", Code(await Send(dora, HttpMethod.Get, "me/audit?cursor=2026-11.1", null, HttpStatusCode.BadRequest)));
    }

    [Fact]
    public async Task Minting_keys_of_simulated_contributors_is_noted_and_refused_for_a_real_project()
    {
        await using var server = await TroveServer.Start();
        using var admin = server.Client("admin");
        await Send(admin, HttpMethod.Post, "projects", $$"""{"project":"rehearsal","simulated":true,"brief":{{Brief}}}""", HttpStatusCode.Created);
        await Send(admin, HttpMethod.Post, "projects", $$"""{"project":"real","brief":{{Brief}}}""", HttpStatusCode.Created);
        await Send(admin, HttpMethod.Post, "projects/rehearsal/simulated-contributors", """{"names":["w1","w2"],"hours":1}""");
        Assert.Equal("not-simulated", Code(await Send(admin, HttpMethod.Post, "projects/real/simulated-contributors", """{"names":["w1"]}""", HttpStatusCode.Conflict)));

        var noted = await Send(admin, HttpMethod.Get, "me/audit?act=project.keys-minted");
        var entry = Assert.Single(noted.GetProperty("entries").EnumerateArray());
        Assert.Equal(("project/rehearsal", "count=2 hours=1"), (entry.GetProperty("target").GetString(), entry.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task A_profile_is_kept_while_something_is_said()
    {
        await using var server = await TroveServer.Start();
        using var ann = server.Client("ann");
        await Send(ann, HttpMethod.Put, "me/profile", """{"region":"AT","languages":["de"],"birthYear":1990}""");
        Assert.Equal("""{"region":"AT","languages":["de"],"birthYear":1990}""", (await Send(ann, HttpMethod.Get, "me/profile")).GetRawText());
        Assert.Equal("profile-invalid", Code(await Send(ann, HttpMethod.Put, "me/profile", """{"region":"Austria"}""", HttpStatusCode.BadRequest)));

        await Send(ann, HttpMethod.Put, "me/profile", "{}");
        Assert.Equal(JsonValueKind.Null, (await Send(ann, HttpMethod.Get, "me/profile")).GetProperty("region").ValueKind);
    }

    private static async Task<JsonElement> Send(HttpClient client, HttpMethod method, string path, string? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}");
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{method} {path}: {response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static string? Code(JsonElement problem) => problem.GetProperty("code").GetString();

    private static IEnumerable<string?> Acts(JsonElement slice) => slice.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("act").GetString());
}
