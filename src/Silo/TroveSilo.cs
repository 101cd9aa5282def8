using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Trove.Grains;
using Trove.Grains.Accounts;
using Trove.Grains.Contributors;
using Trove.Grains.Labeling;
using Trove.Grains.Records;
using Trove.Silo.Records;

namespace Trove.Silo;

/// <summary>Puts grains, records and engine into a host.</summary>
public static partial class TroveSilo
{
    /// <summary>Adds everything behind <see cref="Orleans.IGrainFactory"/>: the grains, their records in one file of the data folder, and the engine this build was made for.</summary>
    public static IHostApplicationBuilder AddTroveSilo(this IHostApplicationBuilder builder, TroveSiloOptions options)
    {
        Directory.CreateDirectory(options.DataFolder);
        builder.Services.AddTroveGrains(SecretFile.LoadSecrets(options.DataFolder), options.Contributors);
        builder.Services.AddSqliteRecords(records => records.Folder = options.DataFolder);
        builder.AddEngine(options);
        return builder;
    }

    /// <summary>What grains take from the container, storage and engine aside: also what test hosts use.</summary>
    public static IServiceCollection AddTroveGrains(this IServiceCollection services, TroveSecrets secrets, ContributorOptions? contributors = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IRecordSerializer, RecordSerializer>();
        services.AddSingleton(secrets);
        services.AddSingleton(new LeaseTokens(secrets.Leases.Span));
        services.AddSingleton(contributors ?? new ContributorOptions());
        services.TryAddSingleton(new AccountOptions());
        return services;
    }

    static partial void AddEngine(this IHostApplicationBuilder builder, TroveSiloOptions options);
}

/// <summary>How a silo runs.</summary>
public sealed class TroveSiloOptions
{
    /// <summary>Folder of the record file and the keys.</summary>
    public required string DataFolder { get; init; }

    /// <summary>How long a caller waits for a grain's reply.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an idle grain stays in memory. A closed task leaves at once whatever this says.</summary>
    public TimeSpan CollectionAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Knobs of all contributors.</summary>
    public ContributorOptions Contributors { get; init; } = new();
}
