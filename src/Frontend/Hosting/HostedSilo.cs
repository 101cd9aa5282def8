using Trove.Frontend.Bench;
using Trove.Silo;
using Trove.Silo.Records;

namespace Trove.Frontend.Hosting;

/// <summary>The silo inside this process: the only place where the frontend knows that there is one.</summary>
internal static class HostedSilo
{
    /// <summary>Hosts grains and records here, unless whoever composes the host brought the grains of a cluster.</summary>
    public static void AddSilo(this WebApplicationBuilder builder, FrontendOptions options)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(IGrainFactory)))
        {
            return;
        }

        builder.AddTroveSilo(new TroveSiloOptions { DataFolder = options.DataFolder });
        builder.Services.AddSingleton<IRecordCounters, FileCounters>();
        builder.Services.AddSingleton<IErasure, FileErasure>();
    }

    /// <summary>Opens the records before anything else needs them: a bad file refuses the start in its own words instead of failing whatever came first.</summary>
    public static void OpenRecords(this WebApplication app)
    {
        try
        {
            app.Services.GetService<SqliteRecordFile>();
        }
        catch (RecordFileException reason)
        {
            ((IDisposable)app).Dispose();
            throw new StartupException(reason.Message, reason);
        }
    }

    private sealed class FileErasure(SqliteRecordFile file) : IErasure
    {
        public Task CompleteAsync() => file.EraseAsync();
    }

    private sealed class FileCounters(RecordFileCounters counters) : IRecordCounters
    {
        public long Records => counters.Writes;

        public long Bytes => counters.Bytes;

        public long Commits => counters.Commits;
    }
}
