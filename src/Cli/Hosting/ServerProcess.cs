using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Trove.Cli.Output;
using Trove.Client;

namespace Trove.Cli.Hosting;

/// <summary>
/// The real server in a process of its own: the same program, <c>run</c>. It lives no longer than its parent, because it stops when its standard input closes.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private const int LinesKept = 40;

    private readonly Process _process;
    private readonly Queue<string> _lastLines = [];
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _code;
    private bool _disposed;

    private ServerProcess(Process process, string dataFolder, string code)
    {
        _process = process;
        _code = code;
        DataFolder = dataFolder;
    }

    public Uri Url { get; private set; } = null!;

    public string DataFolder { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Resident memory now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time used since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="dataFolder">Where its records are.</param>
    /// <param name="port">Port on loopback; 0 = any free one.</param>
    /// <param name="cancellation">Gives up; the process is ended.</param>
    /// <exception cref="CommandException">It did not start; the message holds its last words.</exception>
    public static async Task<ServerProcess> StartAsync(string dataFolder, int port = 0, CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(DotnetHost())
        {
            ArgumentList =
            {
                "exec", typeof(ServerProcess).Assembly.Location,
                "run", "--data", dataFolder, "--urls", $"http://127.0.0.1:{port}", "--attached", "--bench",
            },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The environment is nobody else's to read; the command line is.
        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        start.Environment["Trove__FirstAdminCode"] = code;
        var process = Process.Start(start) ?? throw new CommandException("The server process could not be started.");
        var server = new ServerProcess(process, dataFolder, code);
        process.OutputDataReceived += (_, line) => server.Hear(line.Data);
        process.ErrorDataReceived += (_, line) => server.Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var exited = process.WaitForExitAsync(cancellation);
            await Task.WhenAny(server._ready.Task, exited).WaitAsync(StartTimeout, cancellation);
            if (!server._ready.Task.IsCompleted)
            {
                await exited;
                throw new CommandException($"The server did not start (exit code {process.ExitCode}): {server.LastWords()}");
            }

            server.Url = await server._ready.Task;
            return server;
        }
        catch (TimeoutException)
        {
            await server.DisposeAsync();
            throw new CommandException($"The server did not say within {StartTimeout.TotalSeconds:N0} s that it is ready: {server.LastWords()}");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the first account, an admin, of a server on a fresh folder.</summary>
    /// <returns>Its API key.</returns>
    /// <exception cref="CommandException">The folder has its admin already.</exception>
    public async Task<string> BecomeAdminAsync(CancellationToken cancellation = default)
    {
        using var client = new TroveClient(Url);
        try
        {
            return await client.MakeFirstAdminAsync(_code, "operator@localhost.localdomain", "Operator", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), cancellation);
        }
        catch (RefusedException refusal)
        {
            throw new CommandException($"The server on {DataFolder} lets nobody in without a key ({refusal.Message}): say that of an admin with --key, or name an empty folder.");
        }
    }

    /// <summary>Lets it finish what it has on the way, and end.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
                throw new CommandException($"The server did not stop within {StopTimeout.TotalSeconds:N0} s and was killed: {LastWords()}");
            }
        }
    }

    /// <summary>SIGKILL: no last words, no flush.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>The last lines it wrote.</summary>
    public string LastWords()
    {
        lock (_lastLines)
        {
            return _lastLines.Count == 0 ? "it said nothing." : string.Join('\n', _lastLines);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>The runtime that runs this very process: the server needs no other one installed.</summary>
    private static string DotnetHost()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (line.StartsWith(RunCommand.ReadyLine, StringComparison.Ordinal))
        {
            _ready.TrySetResult(new Uri(line[RunCommand.ReadyLine.Length..].Trim()));
            return;
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > LinesKept)
            {
                _lastLines.Dequeue();
            }
        }
    }
}
