using Trove.Cli.Accounts;
using Trove.Silo.Audit;

namespace Trove.Cli.Hosting;

/// <summary>The server that a command works with: one that runs already, or one started for the purpose with a data folder of its own.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly TempFolder? _temp;
    private readonly string? _data;

    private Server(Uri url, string key, ServerProcess? process, TempFolder? temp, string? data)
    {
        (Url, Key, Process, _temp, _data) = (url, key, process, temp, data);
    }

    public Uri Url { get; }

    /// <summary>API key of an admin.</summary>
    public string Key { get; }

    /// <summary>The process, when it was started for the purpose.</summary>
    public ServerProcess? Process { get; }

    /// <summary>Folder of the records, when known.</summary>
    public string? Data => _data;

    /// <summary>Connects to <paramref name="url"/>, or starts a server on <paramref name="data"/> (a temporary folder when null) and becomes its first admin, unless <paramref name="key"/> is that of one.</summary>
    public static async Task<Server> OpenAsync(Uri? url, DirectoryInfo? data, string? key, CancellationToken cancellation)
    {
        if (url is not null)
        {
            return new Server(url, Credentials.Need(url, key), process: null, temp: null, data?.FullName);
        }

        var temp = data is null ? new TempFolder() : null;
        try
        {
            var process = await ServerProcess.StartAsync(data?.FullName ?? temp!.Path, port: 0, cancellation);
            return new Server(process.Url, key ?? await process.BecomeAdminAsync(cancellation), process, temp, process.DataFolder);
        }
        catch
        {
            temp?.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server, if it is this command's own, and audits the records, if it is known where they are.</summary>
    /// <returns>Null when the records can't be seen from here.</returns>
    public async Task<AuditReport?> StopAndAuditAsync(CancellationToken cancellation)
    {
        if (Process is not null)
        {
            await Process.StopAsync();
        }

        return _data is null ? null : await RecordAudit.RunAsync(_data, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        _temp?.Dispose();
    }
}
