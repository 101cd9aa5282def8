using System.Diagnostics;
using System.Globalization;
using System.Text;
using Trove.Silo.Records;
using Trove.Testing.Records;

namespace Trove.Silo.Tests.Records;

/// <summary>
/// This assembly started as a process of its own, with a store in it that may be killed, or put where there is no room or no
/// write access. The entry point and the parent's handle on it.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public StreamReader Output => _process.StandardOutput;

    public StreamWriter Input => _process.StandardInput;

    public int Id => _process.Id;

    private static string Self => $"dotnet exec '{typeof(ChildProcess).Assembly.Location}'";

    /// <summary>Starts a role of <see cref="Main"/>.</summary>
    public static ChildProcess Start(params string[] arguments) => Shell($"exec {Self} {Quote(arguments)}");

    /// <summary>The same where other mounts can be made first, seen by that process alone.</summary>
    public static ChildProcess StartWithMounts(string mounts, params string[] arguments) =>
        Shell($"exec unshare -m sh -c {Quote($"{mounts} && exec {Self} {Quote(arguments)}")}");

    public static ChildProcess Shell(string command) => new(Process.Start(new ProcessStartInfo("sh", ["-c", command])
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardInput = true,
        RedirectStandardError = true,
    })!);

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public async Task<(int Code, string Output, string Error)> EndAsync()
    {
        var error = _process.StandardError.ReadToEndAsync();
        var output = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, output, await error);
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    public static async Task<int> Main(string[] arguments)
    {
        try
        {
            await (arguments switch
            {
                ["write-until-killed", var folder, var synchronous] => WriteUntilKilledAsync(folder, synchronous),
                ["erase-until-killed", var folder] => EraseUntilKilledAsync(folder),
                ["open", var folder] => OpenAsync(folder),
                ["fill", var folder, var ballast] => FillAsync(folder, ballast),
                _ => throw new ArgumentException($"Unknown role: {string.Join(' ', arguments)}", nameof(arguments)),
            });
            return 0;
        }
        catch (RecordFileException e)
        {
            Console.WriteLine($"{e.Fault}: {e.Message}");
            return 1;
        }
    }

    /// <summary>Tells "key count" on standard output for every acknowledged write, over a layer that drops what was not synced.</summary>
    private static async Task WriteUntilKilledAsync(string folder, string synchronous)
    {
        var options = new RecordFileOptions { Folder = folder, Vfs = UnsyncedVfs.Get("unsynced").Name, Synchronous = synchronous, LogBytes = 256 << 10 };
        await using var file = SqliteRecordFile.Open(options);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            var key = $"writer/{writer}#state";
            for (long count = 1, version = 0; ; count++)
            {
                var result = await file.WriteAsync(RecordTable.Records, key, Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture)), version);
                version = result.Version;
                Console.WriteLine($"{key} {count}");
            }
        }));
    }

    /// <summary>Removes one person after the other, tells each acknowledged removal, and erases all the while.</summary>
    private static async Task EraseUntilKilledAsync(string folder)
    {
        await using var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = folder, LogBytes = 256 << 10 });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async lane =>
        {
            for (var number = lane; ; number += 4)
            {
                var person = new ErasureTests.Person(number);
                var written = await file.WriteAsync(RecordTable.Personal, person.Key, person.Value(), 0);
                if (number % 3 == 0) continue;
                await file.DeleteAsync(RecordTable.Personal, person.Key, written.Version);
                Console.WriteLine(number);
                await file.EraseAsync();
            }
        }));
    }

    private static async Task OpenAsync(string folder)
    {
        await using var file = SqliteRecordFile.Open(new RecordFileOptions { Folder = folder });
        Console.WriteLine("open");
        await Console.In.ReadLineAsync();
    }

    /// <summary>Writes until there is no room, makes some, writes on, and checks that everything acknowledged is there.</summary>
    private static async Task FillAsync(string folder, string ballast)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        var value = new byte[20_000];
        var options = new RecordFileOptions { Folder = folder, LogBytes = 256 << 10 };
        await using (var file = SqliteRecordFile.Open(options))
        {
            var full = await WriteUntilFullAsync(file, "before/");
            Console.WriteLine($"{full.Fault}: {full.Message}");
            Console.WriteLine($"acknowledged {versions.Count}");
            File.Delete(ballast + "1");
            for (var i = 0; i < 20; i++) versions[$"after/{i}#s"] = (await file.WriteAsync(RecordTable.Records, $"after/{i}#s", value, 0)).Version;
            await WriteUntilFullAsync(file, "again/");
        }

        File.Delete(ballast + "2");
        await using var again = SqliteRecordFile.Open(options);
        foreach (var (key, version) in versions)
        {
            if ((await again.ReadAsync(RecordTable.Records, key))?.Version != version) Console.WriteLine($"lost {key}");
        }

        Console.WriteLine("checked");

        async Task<RecordFileException> WriteUntilFullAsync(SqliteRecordFile file, string prefix)
        {
            try
            {
                for (var i = 0; ; i++) versions[$"{prefix}{i}#s"] = (await file.WriteAsync(RecordTable.Records, $"{prefix}{i}#s", value, 0)).Version;
            }
            catch (RecordFileException e)
            {
                return e;
            }
        }
    }

    private static string Quote(params string[] words) =>
        string.Join(' ', words.Select(word => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
}

/// <summary>A fact that needs mounts of its own: root on Linux. Skipped elsewhere, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithMountsAttribute : FactAttribute
{
    private static readonly string? Reason = Probe();

    public FactWithMountsAttribute() => Skip = Reason;

    private static string? Probe()
    {
        using var probe = Process.Start(new ProcessStartInfo("sh", ["-c", "unshare -m mount -t tmpfs -o size=1m tmpfs /tmp"]) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        return probe.ExitCode == 0 ? null : $"This machine does not let a test make its own mounts (unshare -m): {error.Trim()}";
    }
}
