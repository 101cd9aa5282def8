using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Grains.Records;
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

namespace Trove.Grains.Tests.Setup;

/// <summary>What an engine does to grains beyond what they ask for.</summary>
internal enum Unkindness
{
    /// <summary>Grains keep their memory, and replies arrive.</summary>
    None,

    /// <summary>Now and then a grain loses its memory.</summary>
    Forgetful,

    /// <summary>Replies are lost too, and on the embedded engine activations live on twice: every caller must send again.</summary>
    Chaos,
}

/// <summary>
/// The engine that this build was made for; the only file of these tests that knows which one it is. It can start again after a stop, with
/// the services of another process.
/// </summary>
internal sealed class GrainEngine(int seed, Unkindness unkindness, TimeSpan responseTimeout)
{
    public IGrainFactory Grains { get; private set; } = null!;

#if ORLEANS
    private InProcessTestCluster _cluster = null!;

    public async Task StartAsync(Action<IServiceCollection> addServices)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) =>
        {
            addServices(silo.Services);

            // Only grains see a manual clock: one step of it would spin the silo's own loops.
            string[] background =
            [
                TimeProviderNames.Messaging, TimeProviderNames.SystemTimers, TimeProviderNames.Membership,
                TimeProviderNames.ActivationManagement, TimeProviderNames.GrainDirectory, "Orleans.Reminders",
            ];
            foreach (var area in background)
            {
                silo.Services.AddKeyedSingleton(area, TimeProvider.System);
            }

            silo.UseInMemoryReminderService();
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = responseTimeout);
            if (unkindness != Unkindness.None)
            {
                silo.AddIncomingGrainCallFilter(new Spoiler(seed, unkindness));
            }
        });
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = responseTimeout));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        Grains = _cluster.Client;
    }

    /// <summary>Ends it without waiting for what is under way.</summary>
    public async Task StopAsync()
    {
        await _cluster.KillClientAsync();
        foreach (var silo in _cluster.Silos)
        {
            await _cluster.KillSiloAsync(silo);
        }

        await _cluster.DisposeAsync();
    }

    /// <summary>Every grain that is idle now loses its memory.</summary>
    public Task ForgetAsync() => Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    /// <summary>Spoils calls of Trove's grains at the rates of the embedded engine's hostile mode.</summary>
    private sealed class Spoiler(int seed, Unkindness unkindness) : IIncomingGrainCallFilter
    {
        private readonly Random _random = new(seed);

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            await context.Invoke();
            if (context.TargetContext.GrainInstance?.GetType().Assembly != typeof(TroveSecrets).Assembly)
            {
                return;
            }

            var chaos = unkindness == Unkindness.Chaos;
            if (Happens(chaos ? 0.01 : 0.002))
            {
                context.TargetContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "Spoilt."), CancellationToken.None);
            }

            if (chaos && Happens(0.01))
            {
                throw new TimeoutException("The reply was lost.");
            }
        }

        private bool Happens(double rate)
        {
            lock (_random)
            {
                return _random.NextDouble() < rate;
            }
        }
    }
#else
    private readonly MemoryReminderStore _reminders = new();
    private IHost _host = null!;

    public async Task StartAsync(Action<IServiceCollection> addServices)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        addServices(builder.Services);
        builder.Services.AddSingleton<IReminderStore>(_reminders);
        builder.Services.AddEmbeddedEngine(options =>
        {
            options.GrainAssemblies.Add(typeof(TroveSecrets).Assembly);
            options.ResponseTimeout = responseTimeout;
            options.DrainTimeout = TimeSpan.FromMilliseconds(50);
            options.ActivationTimeout = TimeSpan.FromSeconds(2);
            options.Hostile = unkindness switch
            {
                Unkindness.None => new HostileOptions { Seed = seed, DeactivationRate = 0 },
                Unkindness.Forgetful => new HostileOptions { Seed = seed },
                _ => HostileOptions.Chaos(seed),
            };
        });
        _host = builder.Build();
        await _host.StartAsync();
        Grains = _host.Services.GetRequiredService<IGrainFactory>();
    }

    /// <summary>Ends it without waiting for what is under way.</summary>
    public async Task StopAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Every grain that is idle now loses its memory.</summary>
    public Task ForgetAsync() => _host.Services.GetRequiredService<EmbeddedEngine>().CollectIdleAsync(TimeSpan.Zero);
#endif
}
