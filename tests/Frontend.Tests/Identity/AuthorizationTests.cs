using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Projects;
using Trove.Frontend.Tests.Host;
using Trove.Frontend.Tests.Hubs;

namespace Trove.Frontend.Tests.Identity;

/// <summary>
/// Who is let in where: the table in <c>authorization.csv</c>, written by hand, against the running application. A route or hub method without a row fails, and so does a row
/// without a route. In the table, <c>in</c> means that no policy stood in the way, whatever the answer to so poor a request was.
/// </summary>
public sealed class AuthorizationTests : IAsyncLifetime
{
    /// <summary>What policies say; any other refusal came from behind the door.</summary>
    private static readonly string[] Refusals = ["unauthenticated", "not-allowed", "scope-missing", "role-missing", "not-yours", "project-unknown", "key-unknown"];

    private static readonly string[] Table = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Identity", "authorization.csv"));

    private TroveServer _server = null!;
    private People _people = null!;
    private string _key = "";

    public async Task InitializeAsync()
    {
        _server = await TroveServer.Start(null, "--Bench:Enabled=true", "--Trove:OpenDevelopers=false", "--Trove:SignInsPerMinute=0", "--Trove:AddressRequestsPerMinute=0", "--Trove:CallerRequestsPerMinute=0");
        _people = new People(_server);
        await _people.Make("contributor");
        await _people.Make("other-contributor");
        await _people.Make("developer", Role.Developer);
        await _people.Make("other-developer", Role.Developer);
        await _people.Make("viewer");
        await _people.Make("editor");
        await _people.Make("reviewer", Role.Reviewer);
        await _people.Make("admin", Role.Admin);
        await _people.MakeKey("read-key", "developer", Scopes.Read);
        await _people.MakeKey("write-key", "developer", Scopes.Read | Scopes.Write);
        await _people.MakeKey("admins-write-key", "admin", Scopes.Read | Scopes.Write);
        var revoked = await _people.MakeKey("revoked-key", "developer", (Scopes)15);
        await Grains.GetGrain<IApiKeyGrain>(revoked).Revoke(new Actor(People.Account("developer")));
        _key = await _people.MakeKey("contributors-key", "contributor", Scopes.Read);
        _people.MakeSimulated("simulated", "rehearsal");

        await MakeProject("shared", simulated: false);
        await MakeProject("rehearsal", simulated: true);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void Every_route_and_hub_method_has_a_row_and_every_row_is_of_one()
    {
        var doors = Doors.Of(_server.Services).Order(StringComparer.Ordinal).ToArray();
        var rows = Table.Skip(1).Select(row => row.Split(',')[0]).Order(StringComparer.Ordinal).ToArray();

        Assert.True(doors.Except(rows, StringComparer.Ordinal).ToArray() is [], $"These have no row in authorization.csv:\n{string.Join('\n', doors.Except(rows, StringComparer.Ordinal))}");
        Assert.True(rows.Except(doors, StringComparer.Ordinal).ToArray() is [], $"These rows of authorization.csv are of nothing:\n{string.Join('\n', rows.Except(doors, StringComparer.Ordinal))}");
        Assert.Distinct(rows, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Everybody_is_let_in_where_the_table_says_and_nowhere_else()
    {
        var everybody = Table[0].Split(',')[1..];
        var wrong = new List<string>();
        foreach (var row in Table.Skip(1).Select(line => line.Split(',')))
        {
            for (var i = 0; i < everybody.Length; i++)
            {
                var found = row[0].StartsWith('/') ? await AtHub(row[0], everybody[i]) : await AtRoute(row[0], everybody[i]);
                if (found != row[i + 1])
                {
                    wrong.Add($"{row[0]}: {everybody[i]} should be {row[i + 1]}, is {found}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Empty(_server.Log.AtLeast(Microsoft.Extensions.Logging.LogLevel.Error));
    }

    private IGrainFactory Grains => _server.Services.GetRequiredService<IGrainFactory>();

    private async Task MakeProject(string project, bool simulated)
    {
        var by = new Actor(People.Account("developer"));
        var grain = Grains.GetGrain<IProjectGrain>(project);
        Assert.Null((await grain.Create(
            by, new Brief("Shared", "To test.", "Is it?", new LabelSchema(LabelKind.YesNo, []), new Redundancy(), TaskOrder.Depth, new HandOut()), simulated)).Problem);
        Assert.Null((await grain.Move(by, ProjectMove.Publish)).Problem);
        Assert.Null((await grain.SetMember(by, People.Account("viewer"), TeamRole.Viewer)).Problem);
        Assert.Null((await grain.SetMember(by, People.Account("editor"), TeamRole.Editor)).Problem);
    }

    /// <summary>Sends the poorest request that reaches the route.</summary>
    private async Task<string> AtRoute(string row, string who)
    {
        var (method, path) = (row.Split(' ')[0], row.Split(' ')[1]);
        var address = path
            .Replace("{project}", "shared", StringComparison.Ordinal)
            .Replace("{number:int}", "0", StringComparison.Ordinal)
            .Replace("{account}", "nobody", StringComparison.Ordinal)
            .Replace("{key}", _key, StringComparison.Ordinal)
            .Replace("{hash}", new string('0', 64), StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{role}", "reviewer", StringComparison.Ordinal)
            .Replace("{provider}", "nowhere", StringComparison.Ordinal);
        Assert.DoesNotContain('{', address);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = _server.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (method is not ("GET" or "DELETE"))
        {
            request.Content = new StringContent("{}", Encoding.UTF8, path.EndsWith("/tasks", StringComparison.Ordinal) ? "application/x-ndjson" : "application/json");
            request.Headers.Add("Idempotency-Key", "one");
        }

        foreach (var (name, value) in await _people.Brings(who))
        {
            request.Headers.Add(name, value);
        }

        using var response = await client.SendAsync(request);
        return Refused(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<string> AtHub(string row, string who)
    {
        var (hub, method) = (row.Split(' ')[0], row.Split(' ')[1]);
        RawHub connection;
        try
        {
            connection = await RawHub.Connect(_server, hub, await _people.Brings(who));
        }
        catch (RefusedConnectionException refused)
        {
            return ((int)refused.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await using (connection)
        {
            if (method == "connect")
            {
                return "in";
            }

            var arguments = Doors.Arguments(hub, method).Select(argument => argument.Replace("JOINED", who == "simulated" ? "rehearsal" : "shared", StringComparison.Ordinal));
            var said = await connection.Invoke(method, [.. arguments]);
            var error = said.TryGetProperty("error", out var text) ? text.GetString()! : "";
            return Refusals.Any(code => error.Contains(code + ": ", StringComparison.Ordinal)) ? "403" : "in";
        }
    }

    private static string Refused(HttpStatusCode status, string body)
    {
        if (status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound))
        {
            return "in";
        }

        using var problem = body.StartsWith('{') ? JsonDocument.Parse(body) : null;
        var code = problem?.RootElement.TryGetProperty("code", out var said) == true ? said.GetString() : null;
        return Refusals.Contains(code, StringComparer.Ordinal) ? ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture) : "in";
    }
}
