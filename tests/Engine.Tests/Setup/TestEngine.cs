using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Storage;
#if ORLEANS
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;
#else
using Microsoft.Extensions.Hosting;
using Trove.Embedded;
using Trove.Embedded.Hostility;
#endif

namespace Trove.Engine.Tests.Setup;

/// <summary>
/// One running engine with its clock, storage and probe; the only file of these tests that knows which engine it is.
/// Activations live as long as the test wants here: what deactivates them at random is tested in Embedded.
/// </summary>
public class TestEngine : IAsyncLifetime
{
    public Probe Probe { get; } = new();

    public ManualClock Clock { get; } = new();

    public FakeGrainStorage Storage { get; } = new();

    public IGrainFactory Grains { get; private set; } = null!;

    /// <summary>Long, so that a busy machine fails no test; see <see cref="ImpatientTestEngine"/>.</summary>
    protected virtual TimeSpan ResponseTimeout => TimeSpan.FromSeconds(60);

    /// <summary>A key that no other test uses.</summary>
    public static string NewKey() => Guid.NewGuid().ToString("N");

    private void AddServices(IServiceCollection services)
    {
        services.AddSingleton(Probe);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddKeyedSingleton<IGrainStorage>("Records", Storage);
    }

#if ORLEANS
    private InProcessTestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            AddServices(silo.Services);

            // Only grains see the manual clock: one step of it would spin the silo's own loops.
            string[] background =
            [
                TimeProviderNames.Messaging, TimeProviderNames.SystemTimers, TimeProviderNames.Membership,
                TimeProviderNames.ActivationManagement, TimeProviderNames.GrainDirectory, "Orleans.Reminders",
            ];
            foreach (var area in background) silo.Services.AddKeyedSingleton(area, TimeProvider.System);
            silo.UseInMemoryReminderService();
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        });
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout));
        builder.Options.ConfigureFileLogging = false;
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        Grains = _cluster.Client;
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>Deactivates every grain that is idle now.</summary>
    public Task CollectIdleAsync() => Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
#else
    private IHost _host = null!;

    public EmbeddedEngine Engine => _host.Services.GetRequiredService<EmbeddedEngine>();

    public async Task InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        AddServices(builder.Services);
        builder.Services.AddEmbeddedEngine(options =>
        {
            options.GrainAssemblies.Add(typeof(TestEngine).Assembly);
            options.ResponseTimeout = ResponseTimeout;
            options.Hostile = new() { Seed = Random.Shared.Next(), DeactivationRate = 0 };
            Configure(options);
            Console.WriteLine($"{GetType().Name}: hostile seed {options.Hostile?.Seed}");
        });
        Configure(builder.Services);
        _host = builder.Build();
        await _host.StartAsync();
        Grains = _host.Services.GetRequiredService<IGrainFactory>();
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Deactivates every grain that is idle now.</summary>
    public Task CollectIdleAsync() => Engine.CollectIdleAsync(TimeSpan.Zero);

    protected virtual void Configure(EmbeddedEngineOptions options) { }

    protected virtual void Configure(IServiceCollection services) { }
#endif
}

/// <summary>Calls time out after two seconds: for tests of time-outs, whose other calls are few.</summary>
public sealed class ImpatientTestEngine : TestEngine
{
    protected override TimeSpan ResponseTimeout => TimeSpan.FromSeconds(2);
}
