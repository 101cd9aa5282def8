using System.Runtime;
using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Contributors;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Bench;

/// <summary>Memory after a full collection.</summary>
/// <param name="RssBytes">Resident memory of the process.</param>
/// <param name="ManagedBytes">Live managed objects.</param>
public sealed record Collected(long RssBytes, long ManagedBytes);

/// <summary>What the records' writer has done since the start, and what the process has allocated.</summary>
public sealed record Counted(long Records, long Bytes, long Commits, long Allocated);

/// <summary>Returns what it is sent: the yardstick that labels are measured against on the same machine.</summary>
internal sealed class EchoHub : Hub
{
    /// <summary>The argument.</summary>
    [Policy(Policies.Contribute)]
    public SubmitRequest Submit(SubmitRequest request) => request;
}

/// <summary>Measuring points, there only with <c>Bench:Enabled</c>: they may stop the process for a collection.</summary>
internal static class BenchEndpoints
{
    private const string Switch = "Bench:Enabled";

    public static void MapBench(this WebApplication app)
    {
        if (!app.Configuration.GetValue<bool>(Switch))
        {
            return;
        }

        app.MapGuardedHub<EchoHub>("/hubs/echo", Policies.Contribute);
        var bench = app.MapGroup("/bench").RequireAuthorization(Policies.Administer).ExcludeFromDescription();
        bench.MapPost("/collect", Collect);
        bench.MapGet("/counters", Results<Ok<Counted>, ProblemHttpResult> (IServiceProvider services) => services.GetService<IRecordCounters>() is { } counters
            ? TypedResults.Ok(new Counted(counters.Records, counters.Bytes, counters.Commits, GC.GetTotalAllocatedBytes(precise: true)))
            : Problems.Of(new Problem("counters-unknown", "This host keeps its records elsewhere and counts nothing.")));
    }

    private static Ok<Collected> Collect()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return TypedResults.Ok(new Collected(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false)));
    }
}
