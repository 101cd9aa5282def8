using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Tests.Host;

/// <summary>The real host on a real port, with a data folder of its own that goes with it.</summary>
internal sealed class TroveServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _keys = new(StringComparer.Ordinal);

    private TroveServer(WebApplication app, string folder, CapturedLog log)
    {
        _app = app;
        DataFolder = folder;
        Log = log;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Uri Address { get; }

    public string DataFolder { get; }

    public CapturedLog Log { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<TroveServer> Start(Action<WebApplicationBuilder>? configure = null, params string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("trove-host-").FullName;
        var log = new CapturedLog();
        var app = TroveHost.Build(
            ["--urls=http://127.0.0.1:0", $"--Trove:DataFolder={folder}", .. args],
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(log);
                configure?.Invoke(builder);
            });
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync(); // it holds the records of its folder already
            Directory.Delete(folder, recursive: true);
            throw;
        }

        return new TroveServer(app, folder, log);
    }

    /// <summary>A client with the key of somebody, or of nobody.</summary>
    public HttpClient Client(string? user = "developer")
    {
        var client = new HttpClient(user is null ? new SocketsHttpHandler { UseCookies = false } : new WithKey(this, user)) { BaseAddress = Address };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }

    /// <summary>
    /// An API key with every scope, of a developer who is made at first use: account <c>of-NAME</c>, contributor <c>NAME</c>; whose name begins with <c>admin</c> is one. Made through the grains,
    /// since signing up is not what these tests are about.
    /// </summary>
    public Task<string> KeyOf(string user) => _keys.GetOrAdd(user, name => new Lazy<Task<string>>(() => MakeKey(name))).Value;

    private async Task<string> MakeKey(string user)
    {
        var by = new Actor($"of-{user}");
        var created = await Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>(by.Account).Create(by, new Account(
            by.Account, 0, user, $"{user}@example.org", EmailConfirmed: true, user, PasswordHash: null, "stamp", TwoFactor: false, AuthenticatorKey: null,
            [], [], user.StartsWith("admin", StringComparison.Ordinal) ? [Role.Developer, Role.Admin] : [Role.Developer], DateTimeOffset.UnixEpoch, []));
        Assert.Null(created.Problem);
        var made = await Services.GetRequiredService<ApiKeys>().Make(by, "test", (Scopes)15, DateTimeOffset.UtcNow.AddHours(1));
        return made.Value!.Key;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(DataFolder, recursive: true);
    }

    /// <summary>Sends somebody's key with each request.</summary>
    private sealed class WithKey(TroveServer server, string user) : DelegatingHandler(new SocketsHttpHandler { UseCookies = false })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await server.KeyOf(user));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>Everything that was logged, for tests that demand silence.</summary>
internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _entries = new();

    /// <summary>Messages of at least this level.</summary>
    public IEnumerable<string> AtLeast(LogLevel level) => _entries.Where(entry => entry.Level >= level).Select(entry => entry.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));

    public void Dispose()
    {
    }
}
