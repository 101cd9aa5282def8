using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Frontend.Hosting;

namespace Trove.Frontend.Tests.Host;

public sealed class TroveHostTests
{
    [Theory]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--urls=http://*:5080")]
    [InlineData("--urls=http://127.0.0.1:0;http://10.1.2.3:80")]
    [InlineData("--urls=http://127.0.0.1.evil.example:80")]
    [InlineData("--Kestrel:Endpoints:Public:Url=http://[::]:5080")]
    [InlineData("--Trove:Urls=http://example.com")]
    public void An_address_that_others_can_reach_is_refused_before_anything_listens(string address)
    {
        using var folder = new Folder();
        var refused = Assert.Throws<StartupException>(() => TroveHost.Build([$"--Trove:DataFolder={folder.Path}", address], Fakes));
        Assert.Contains("refuses to listen", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_bound_behind_the_settings_back_is_refused_too()
    {
        using var folder = new Folder();
        await using var app = TroveHost.Build([$"--Trove:DataFolder={folder.Path}"], builder =>
        {
            Fakes(builder);
            builder.Services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel => kestrel.ListenAnyIP(0));
        });
        await Assert.ThrowsAsync<StartupException>(() => app.StartAsync());
    }

    [Theory]
    [InlineData("/proc/nothing/here")]
    [InlineData("/dev/null/data")]
    public void A_data_folder_that_cannot_be_is_named_in_a_clear_message(string folder)
    {
        var refused = Assert.Throws<StartupException>(() => TroveHost.Build([$"--Trove:DataFolder={folder}"], Fakes));
        Assert.Contains(folder, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--Trove:DataFolder", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_record_file_refuses_the_start_in_clear_words()
    {
        using var folder = new Folder();
        await File.WriteAllTextAsync(System.IO.Path.Combine(folder.Path, "records.db"), "This was a database once.");
        var refused = Assert.Throws<StartupException>(() => TroveHost.Build(["--urls=http://127.0.0.1:0", $"--Trove:DataFolder={folder.Path}"]));
        Assert.Contains("records.db", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_hosts_the_records_offers_to_complete_erasures_and_nobody_else_does()
    {
        await using (var server = await TroveServer.Start())
        {
            var log = new FileInfo(System.IO.Path.Combine(server.DataFolder, "records.db-wal"));
            Assert.True(log.Length > 0); // the key ring was written just now
            await server.Services.GetRequiredService<IErasure>().CompleteAsync();
            log.Refresh();
            Assert.Equal(0, log.Length);
        }

        await using var cluster = await TroveServer.Start(Fakes);
        Assert.Null(cluster.Services.GetService<IErasure>());
    }

    [Fact]
    public void A_wrong_setting_is_named()
    {
        using var folder = new Folder();
        var refused = Assert.Throws<StartupException>(() => TroveHost.Build([$"--Trove:DataFolder={folder.Path}", "--Trove:RenewSeconds=0"], Fakes));
        Assert.Contains("RenewSeconds", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_page_says_what_runs_here_and_needs_nothing_from_elsewhere()
    {
        await using var server = await TroveServer.Start(Fakes);
        using var client = server.Client(user: null);
        var response = await client.GetAsync("/");
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(server.Address.Authority, page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_live_and_ready_once_started()
    {
        await using var server = await TroveServer.Start(Fakes);
        using var client = server.Client(user: null);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        await server.Services.GetRequiredService<Readiness>().CloseAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task The_OpenApi_document_describes_every_route()
    {
        await using var server = await TroveServer.Start(Fakes);
        using var client = server.Client(user: null);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));
        var paths = document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "/api/v1/projects", "/api/v1/projects/{project}", "/api/v1/projects/{project}/brief", "/api/v1/projects/{project}/publish", "/api/v1/projects/{project}/pause",
                "/api/v1/projects/{project}/resume", "/api/v1/projects/{project}/close", "/api/v1/projects/{project}/tasks", "/api/v1/projects/{project}/tasks/{number}",
                "/api/v1/projects/{project}/results", "/api/v1/projects/{project}/progress", "/api/v1/projects/{project}/images", "/api/v1/me/statement",
            },
            paths);
    }

    [Theory]
    [InlineData(null, "/api/v1/projects", HttpStatusCode.Unauthorized, "unauthenticated")]
    [InlineData("dev", "/api/v1/nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("dev", "/api/v1/projects?limit=0", HttpStatusCode.BadRequest, "page-invalid")]
    [InlineData("dev", "/api/v1/projects?limit=many", HttpStatusCode.BadRequest, "bad-request")]
    [InlineData("dev", "/api/v1/projects/a%20b", HttpStatusCode.BadRequest, "project-invalid")]
    [InlineData("dev", "/hubs/echo", HttpStatusCode.NotFound, "not-found")]
    [InlineData("dev", "/bench/counters", HttpStatusCode.NotFound, "not-found")]
    public async Task Every_refusal_is_problem_details_with_a_code(string? user, string path, HttpStatusCode status, string code)
    {
        await using var server = await TroveServer.Start(Fakes);
        using var client = server.Client(user);
        var response = await client.GetAsync(path);
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_request_under_a_foreign_host_name_is_turned_away()
    {
        await using var server = await TroveServer.Start(Fakes);
        using var client = server.Client();
        client.DefaultRequestHeaders.Host = "rebound.example";
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/health/live")).StatusCode);
    }

    private static void Fakes(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) => builder.Services.AddSingleton<IGrainFactory>(new FakeGrains());

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("trove-host-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
