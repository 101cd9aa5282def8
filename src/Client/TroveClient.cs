using System.Globalization;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using Trove.Client.Connections;
using Trove.Contracts;
using Trove.Contracts.Auditing;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;

namespace Trove.Client;

/// <summary>A developer's (or contributor's) REST calls to a Trove server. Every refusal is a <see cref="RefusedException"/> with the server's own words.</summary>
public sealed class TroveClient : IDisposable
{
    private const int MostMinted = 1000;

    private readonly HttpClient _http;
    private readonly Rest _rest;

    /// <summary>A client of <paramref name="server"/>.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="key">An API key, or a simulated contributor's; null for what is open to anybody.</param>
    public TroveClient(Uri server, string? key = null)
    {
        Server = server;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
        {
            BaseAddress = new Uri(server, "api/v1/"),

            // An import of a million tasks is one request; whoever waits has a cancellation of their own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _rest = new Rest(_http);
    }

    /// <summary>Address of the server.</summary>
    public Uri Server { get; }

    /// <summary>Creates a project as a draft.</summary>
    public Task<ProjectView> CreateProjectAsync(string project, Brief brief, CancellationToken cancellation = default) =>
        CreateProjectAsync(new NewProject(project, brief), cancellation);

    /// <summary>Creates a draft whose contributors are simulated: nothing of it is ever paid or exported.</summary>
    public Task<ProjectView> CreateSimulatedProjectAsync(string project, Brief brief, CancellationToken cancellation = default) =>
        CreateProjectAsync(new NewProject(project, brief, Simulated: true), cancellation);

    /// <summary>Mints keys of simulated contributors for a project that is marked as simulated; admins only.</summary>
    /// <param name="project">The project.</param>
    /// <param name="names">Their names, unique within the project; the same name is always the same contributor.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyDictionary<string, SimulatedKey>> MintAsync(string project, IReadOnlyCollection<string> names, CancellationToken cancellation = default)
    {
        var minted = new Dictionary<string, SimulatedKey>(names.Count, StringComparer.Ordinal);
        foreach (var some in names.Chunk(MostMinted))
        {
            var keys = await _rest.SendAsync(
                HttpMethod.Post,
                $"projects/{project}/simulated-contributors",
                JsonContent.Create(new MintRequest([.. some]), TroveJson.Default.MintRequest),
                TroveJson.Default.SimulatedKeys,
                cancellation);
            foreach (var key in keys.Contributors)
            {
                minted.Add(key.Name, key);
            }
        }

        return minted;
    }

    /// <summary>Makes the first account of a server, an admin, with the one-time code that the server printed at its first start.</summary>
    /// <returns>An API key of the account with every scope.</returns>
    public async Task<string> MakeFirstAdminAsync(string code, string email, string name, string password, CancellationToken cancellation = default) =>
        (await _rest.SendAsync(
            HttpMethod.Post,
            "account/first-admin",
            JsonContent.Create(new FirstAdminRequest(code, email, name, password, Key: true), TroveJson.Default.FirstAdminRequest),
            TroveJson.Default.FirstAdminResponse,
            cancellation)).Key;

    /// <summary>One project.</summary>
    public Task<ProjectView> ProjectAsync(string project, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Get, $"projects/{project}", content: null, WireJson.Default.ProjectView, cancellation);

    /// <summary>Publishes, pauses, resumes or closes a project.</summary>
    public Task<ProjectView> MoveAsync(string project, ProjectMove move, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Post, $"projects/{project}/{move.ToString().ToLowerInvariant()}", content: null, WireJson.Default.ProjectView, cancellation);

    /// <summary>Replaces the brief by a new version.</summary>
    public Task<ProjectView> ChangeBriefAsync(string project, Brief brief, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Put, $"projects/{project}/brief", JsonContent.Create(brief, TroveJson.Default.Brief), WireJson.Default.ProjectView, cancellation);

    /// <summary>Every project, in the order of keys.</summary>
    public async IAsyncEnumerable<CatalogueEntry> ProjectsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? cursor = null;
        do
        {
            var page = await _rest.SendAsync(HttpMethod.Get, "projects" + Query("after", cursor), content: null, WireJson.Default.CataloguePage, cancellation);
            foreach (var entry in page.Entries.OrEmpty())
            {
                yield return entry;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    /// <summary>Streams tasks in. Repeating an import by the same name adds nothing twice.</summary>
    /// <param name="project">The project.</param>
    /// <param name="import">Name of the import, a key.</param>
    /// <param name="tasks">The tasks, sent as they come.</param>
    /// <param name="sent">Told now and then how many are sent.</param>
    /// <param name="cancellation">Stops sending; what was taken in stays.</param>
    public Task<ImportReport> ImportTasksAsync(
        string project, string import, IAsyncEnumerable<TaskDefinition> tasks, Action<long>? sent = null, CancellationToken cancellation = default) =>
        ImportAsync(project, import, new TaskLines(tasks, sent), cancellation);

    /// <summary>Streams tasks in that are written as JSON lines already: <c>{"id", "text"?, "image"?, "redundancy"?: n | {"min", "max", "confidence"}, "allow"?: […]}</c>.</summary>
    public Task<ImportReport> ImportLinesAsync(string project, string import, Stream lines, CancellationToken cancellation = default)
    {
        var content = new StreamContent(lines);
        content.Headers.ContentType = new(TaskLines.MediaType);
        return ImportAsync(project, import, content, cancellation);
    }

    /// <summary>Stores an image of the project; the answer names it by the hash of what is kept.</summary>
    public async Task<StoredImage> UploadImageAsync(string project, Stream image, CancellationToken cancellation = default)
    {
        using var content = new StreamContent(image);
        content.Headers.ContentType = new("application/octet-stream");
        return await _rest.SendAsync(HttpMethod.Put, $"projects/{project}/images", content, TroveJson.Default.StoredImage, cancellation);
    }

    /// <summary>Closed tasks with their evidence, page by page as they are read.</summary>
    public async IAsyncEnumerable<TaskResult> ResultsAsync(string project, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? cursor = null;
        do
        {
            var page = await _rest.SendAsync(HttpMethod.Get, $"projects/{project}/results" + Query("cursor", cursor), content: null, TroveJson.Default.ResultPage, cancellation);
            foreach (var result in page.Items.OrEmpty())
            {
                yield return result;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    /// <summary>Where a project stands now.</summary>
    public Task<ProjectProgress> ProgressAsync(string project, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Get, $"projects/{project}/progress", content: null, WireJson.Default.ProjectProgress, cancellation);

    /// <summary>Who calls.</summary>
    public Task<Me> MeAsync(CancellationToken cancellation = default) => _rest.SendAsync(HttpMethod.Get, "me", content: null, TroveJson.Default.Me, cancellation);

    /// <summary>The caller's API keys, ended ones too.</summary>
    public Task<ImmutableArray<ApiKeyLine>> KeysAsync(CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Get, "me/keys", content: null, TroveJson.Default.ImmutableArrayApiKeyLine, cancellation);

    /// <summary>Ends an API key at once, everywhere.</summary>
    public Task<ApiKeyLine> RevokeKeyAsync(string key, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Delete, $"me/keys/{Uri.EscapeDataString(key)}", content: null, TroveJson.Default.ApiKeyLine, cancellation);

    /// <summary>Acts that the audit log knows, newest first, read as they are wanted.</summary>
    /// <param name="mine">Only what the caller did or had done to it; else everything, for admins.</param>
    /// <param name="query">What is looked for; of one's own log account and target are not asked.</param>
    /// <param name="cancellation">Stops reading.</param>
    public async IAsyncEnumerable<AuditEntry> AuditAsync(bool mine, AuditQuery query, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var (filter, cursor) = (Filter("account", query.Account) + Filter("act", query.Act) + Filter("target", query.Target) + Filter("since", query.Since) + Filter("until", query.Until), query.Cursor);
        do
        {
            var slice = await _rest.SendAsync(HttpMethod.Get, (mine ? "me/audit" : "audit") + Query("cursor", cursor) + filter, content: null, WireJson.Default.AuditSlice, cancellation);
            foreach (var entry in slice.Entries.OrEmpty())
            {
                yield return entry;
            }

            cursor = slice.Next;
        }
        while (cursor is not null);

        static string Filter(string name, object? value) => value switch
        {
            null => "",
            DateTimeOffset time => $"&{name}={Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture))}",
            _ => $"&{name}={Uri.EscapeDataString(value.ToString()!)}",
        };
    }

    /// <summary>The caller's own balances and latest ledger entries.</summary>
    public Task<Statement> StatementAsync(CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Get, "me/statement", content: null, WireJson.Default.Statement, cancellation);

    /// <summary>Downloads what an offer points at.</summary>
    /// <param name="path">The signed path of <see cref="Offer.Image"/>.</param>
    /// <param name="cancellation">Stops the download.</param>
    /// <returns>The bytes and their number as the server announced it.</returns>
    public async Task<(byte[] Bytes, long? Announced)> DownloadAsync(string path, CancellationToken cancellation = default)
    {
        using var response = await _http.GetAsync(new Uri(Server, path), HttpCompletionOption.ResponseHeadersRead, cancellation);
        await Rest.CheckAsync(response, cancellation);
        return (await response.Content.ReadAsByteArrayAsync(cancellation), response.Content.Headers.ContentLength);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<ProjectView> CreateProjectAsync(NewProject project, CancellationToken cancellation) =>
        _rest.SendAsync(HttpMethod.Post, "projects", JsonContent.Create(project, TroveJson.Default.NewProject), WireJson.Default.ProjectView, cancellation);

    private static string Query(string name, string? cursor) => $"?limit=200{(cursor is null ? "" : $"&{name}={Uri.EscapeDataString(cursor)}")}";

    private async Task<ImportReport> ImportAsync(string project, string import, HttpContent lines, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"projects/{project}/tasks") { Content = lines };
        request.Headers.Add("Idempotency-Key", import);
        return await _rest.SendAsync(request, TroveJson.Default.ImportReport, cancellation);
    }
}
