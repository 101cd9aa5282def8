using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Storage;
using Trove.Grains.Records;
using Trove.Silo;
using Trove.Testing.Records;

namespace Trove.Grains.Tests.Setup;

/// <summary>The grains on a hostile engine, over a store that tests can make fail. One instance is one process.</summary>
internal sealed class GrainHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] Secret = new byte[32];

    private readonly GrainEngine _engine;
    private volatile TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TimeProvider _time;

    private GrainHost(GrainEngine engine, FaultyStore store, TimeProvider time)
    {
        _engine = engine;
        _time = time;
        Store = store;
        store.AfterCommit = _ =>
        {
            Stir();
            return Task.CompletedTask;
        };
    }

    /// <summary>Where the records are.</summary>
    public FaultyStore Store { get; }

    /// <summary>The way to the grains.</summary>
    public IGrainFactory Grains => _engine.Grains;

    /// <summary>Starts a process on an empty store, or on what another left behind. Without <paramref name="forgetful"/> no grain loses its memory at random.</summary>
    public static async Task<GrainHost> Start(int seed, FaultyStore? store = null, bool forgetful = true, TimeProvider? time = null)
    {
        store ??= new FaultyStore(new RecordSerializer());
        var host = new GrainHost(new GrainEngine(seed, forgetful ? Unkindness.Forgetful : Unkindness.None, TimeSpan.FromSeconds(30)), store, time ?? TimeProvider.System);
        await host._engine.StartAsync(services =>
        {
            services.AddSingleton(host._time);
            services.AddTroveGrains(new TroveSecrets(Secret, Secret));
            services.AddKeyedSingleton<IGrainStorage>(TroveStores.Records, store);
            services.AddKeyedSingleton(TroveStores.Bulk, store.Named(TroveStores.Bulk));
            services.AddKeyedSingleton(TroveStores.Personal, store.Named(TroveStores.Personal));
        });
        return host;
    }

    /// <summary>Kills the process: nothing that it still does reaches the records. Returns the next one.</summary>
    public async Task<GrainHost> Restart(int seed)
    {
        var store = Store.Restart();
        await _engine.StopAsync();
        return await Start(seed, store, time: _time);
    }

    /// <summary>Waits until something holds, looking again after each write, whenever the test stirs, and now and then: memory that is lost tells nobody.</summary>
    public async Task Until(string what, Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var change = _written.Task;
            if (await holds())
            {
                return;
            }

            try
            {
                await (await Task.WhenAny(change, Task.Delay(Glance, patience.Token)));
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"It never came about that {what}.");
            }
        }
    }

    /// <summary>Something happened that is not a write.</summary>
    public void Stir() => Interlocked.Exchange(ref _written, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public async ValueTask DisposeAsync() => await _engine.StopAsync();
}
