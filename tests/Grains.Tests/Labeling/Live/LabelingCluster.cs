using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Storage;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Contributors;
using Trove.Grains.Records;
using Trove.Grains.Tests.Setup;
using Trove.Silo;
using Trove.Testing;
using Trove.Testing.Records;

namespace Trove.Grains.Tests.Labeling.Live;

/// <summary>
/// The grains of a labelling session on a running engine, over a store that can fail and outlives a kill. Calls time out after two seconds.
/// </summary>
internal sealed class LabelingCluster : IAsyncDisposable
{
    public const string Project = "p";
    public static readonly Actor Owner = new("dev");

    /// <summary>Far longer than anything takes: only a bug reaches it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly TimeProvider _time;
    private readonly GrainEngine _engine;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LabelingCluster(int seed, bool chaos, TimeProvider time)
    {
        _time = time;
        _engine = new GrainEngine(seed, chaos ? Unkindness.Chaos : Unkindness.None, Timeout);
        Store = new FaultyStore(new RecordSerializer());
    }

    public IGrainFactory Grains => _engine.Grains;

    public FaultyStore Store { get; private set; }

    public ManualTime Clock => (ManualTime)_time;

    public int Tasks { get; private set; }

    /// <summary>Starts one. With <paramref name="chaos"/> replies are lost, activations end or live on twice; every caller must send again then.</summary>
    public static async Task<LabelingCluster> StartAsync(int seed, bool chaos = false, ManualTime? clock = null)
    {
        var cluster = new LabelingCluster(seed, chaos, clock ?? TimeProvider.System);
        await cluster._engine.StartAsync(cluster.AddServices);
        return cluster;
    }

    /// <summary>A live project of so many tasks on one page.</summary>
    public async Task<ITaskPoolGrain> PublishAsync(
        int tasks, Redundancy redundancy, HandOut? handOut = null, TaskOrder order = TaskOrder.Breadth, LabelSchema? schema = null, Audience? audience = null, long price = 10)
    {
        Tasks = tasks;
        var project = Grains.GetGrain<IProjectGrain>(Project);
        var brief = BriefOf(redundancy, handOut) with { Order = order, Audience = audience, PriceMinor = price };
        brief = brief with { Schema = schema ?? brief.Schema };
        await Again(() => project.Create(Owner, brief, simulated: false));
        var page = (await Again(() => project.AllocatePage("import", 0))).Value!.Page;
        var pool = Grains.GetGrain<ITaskPoolGrain>(new PageId(Project, TaskKinds.Label, page).Key);
        foreach (var chunk in Enumerable.Range(0, tasks).Select(i => new TaskDefinition($"s{i}", $"item {i}")).Chunk(TaskDefinition.ChunkSize))
        {
            await Again(() => pool.Append([.. chunk]));
        }

        await Again(() => project.Imported("import", 1, tasks));
        await Again(() => project.Move(Owner, ProjectMove.Publish));
        return pool;
    }

    public static Brief BriefOf(Redundancy redundancy, HandOut? handOut = null) => new(
        "Cats", "To find cats.", "Is it a cat?", new LabelSchema(LabelKind.YesNo, []), redundancy, TaskOrder.Breadth, handOut ?? new HandOut(Stint: 0), 10);

    public ITaskPoolGrain Pool => Grains.GetGrain<ITaskPoolGrain>(new PageId(Project, TaskKinds.Label, 0).Key);

    public ILabelTaskGrain Task(int number) => Grains.GetGrain<ILabelTaskGrain>(new TaskId(Project, TaskKinds.Label, number).Key);

    /// <summary>Something happened that somebody may wait for.</summary>
    public void Tell() => Interlocked.Exchange(ref _news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Waits until something is so; looks again after each event. On a manual clock time goes on by <paramref name="step"/> between looks.</summary>
    public async Task UntilAsync(Func<bool> isSo, string what, TimeSpan step = default, Func<string>? describe = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var news = Volatile.Read(ref _news).Task;
            if (isSo())
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Waited in vain until {what}. {describe?.Invoke()}");
            if (step > TimeSpan.Zero)
            {
                Clock.Advance(step);
            }

            await System.Threading.Tasks.Task.WhenAny(news, System.Threading.Tasks.Task.Delay(Glance));
        }
    }

    /// <summary>Sends a call again until it is answered: what every client of Trove does.</summary>
    public async Task<T> Again<T>(Func<Task<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception) when (TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await System.Threading.Tasks.Task.Delay(Glance);
            }
        }
    }

    /// <summary>The process is killed, whatever it still does, and another one starts over the same records.</summary>
    public async Task KillAsync()
    {
        var next = Store.Restart();
        next.BeforeCommit = Store.BeforeCommit;
        await _engine.StopAsync();
        Store = next;
        await _engine.StartAsync(AddServices);
    }

    public async ValueTask DisposeAsync() => await _engine.StopAsync();

    private void AddServices(IServiceCollection services)
    {
        var secrets = new TroveSecrets(new byte[32], new byte[32]);
        services.AddSingleton(_time);
        services.AddTroveGrains(secrets, new ContributorOptions { SettleJoin = _time is ManualTime ? TimeSpan.Zero : TimeSpan.FromMilliseconds(5) });
        services.AddKeyedSingleton<IGrainStorage>(TroveStores.Records, Store);
        services.AddKeyedSingleton(TroveStores.Bulk, Store.Named(TroveStores.Bulk));
        services.AddKeyedSingleton(TroveStores.Personal, Store.Named(TroveStores.Personal));
        Store.AfterCommit = _ =>
        {
            Tell();
            return System.Threading.Tasks.Task.CompletedTask;
        };
    }

    /// <summary>Every grain that is idle now loses its memory.</summary>
    public Task ForgetAsync() => _engine.ForgetAsync();
}
