using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Trove.Cli.Hosting;

namespace Trove.Cli.Bench;

/// <summary>The measuring points of a server that runs for a bench.</summary>
internal sealed class BenchServer : IDisposable
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private readonly ServerProcess _process;
    private readonly HttpClient _http;

    public BenchServer(Server server)
    {
        _process = server.Process!;
        _http = new HttpClient { BaseAddress = server.Url };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
    }

    /// <summary>Resident memory of the server after a full collection, in bytes.</summary>
    public async Task<long> CollectAsync(CancellationToken cancellation)
    {
        using var answer = await _http.PostAsync(new Uri("bench/collect", UriKind.Relative), content: null, cancellation);
        answer.EnsureSuccessStatusCode();
        return _process.ResidentBytes;
    }

    /// <summary>What the server has written and allocated since the start; null when it does not count.</summary>
    public async Task<Counted?> CountersAsync(CancellationToken cancellation)
    {
        using var answer = await _http.GetAsync(new Uri("bench/counters", UriKind.Relative), cancellation);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<Counted>(Web, cancellation) : null;
    }

    /// <summary>Processor time that server and load driver have used since their start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            using var driver = Process.GetCurrentProcess();
            return _process.ProcessorTime + driver.TotalProcessorTime;
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>What a server has done since its start: records written, bytes allocated.</summary>
internal sealed record Counted(long Records, long Allocated);
