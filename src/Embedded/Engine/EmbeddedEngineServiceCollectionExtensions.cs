using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Timers;
using Trove.Embedded.References;
using Trove.Embedded.Timers;

namespace Trove.Embedded;

/// <summary>Puts the embedded engine into a host.</summary>
public static class EmbeddedEngineServiceCollectionExtensions
{
    /// <summary>
    /// Adds the engine as a hosted service. Callers take <see cref="IGrainFactory"/>; records need an
    /// <see cref="Orleans.Storage.IGrainStorage"/> keyed by each storage name that a grain asks for;
    /// reminders live in memory unless an <see cref="IReminderStore"/> is registered.
    /// </summary>
    public static IServiceCollection AddEmbeddedEngine(this IServiceCollection services, Action<EmbeddedEngineOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<EmbeddedEngineOptions>().Configure(configure);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IReminderStore, MemoryReminderStore>();
        services.AddSingleton<EmbeddedEngine>();
        services.AddSingleton<IGrainRuntime>(static provider => provider.GetRequiredService<EmbeddedEngine>().Runtime);
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedEngine>().Runtime.GrainFactory);
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedEngine>().Runtime.TimerRegistry);
        services.AddSingleton<IReminderRegistry>(static provider => provider.GetRequiredService<EmbeddedEngine>().Reminders);
        services.AddHostedService(static provider => provider.GetRequiredService<EmbeddedEngine>());
        return services;
    }
}
