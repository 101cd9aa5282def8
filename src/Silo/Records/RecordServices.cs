using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Trove.Grains.Records;

namespace Trove.Silo.Records;

/// <summary>Composition of the SQLite records.</summary>
public static class RecordServices
{
    /// <summary>
    /// Registers the record file, its counters, and the grain storages of <see cref="TroveStores"/> over it. The file is opened, and a bad one refused, when first asked for; it is shut down
    /// with the container. Needs an <see cref="IRecordSerializer"/>.
    /// </summary>
    public static IServiceCollection AddSqliteRecords(this IServiceCollection services, Action<RecordFileOptions> configure)
    {
        services.AddOptions<RecordFileOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RecordFileOptions>, RecordFileOptionsValidator>());
        services.TryAddSingleton(provider => SqliteRecordFile.Open(
            provider.GetRequiredService<IOptions<RecordFileOptions>>().Value, provider.GetService<ILogger<SqliteRecordFile>>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<SqliteRecordFile>().Counters);
        return services.AddStorage(TroveStores.Records, RecordTable.Records).AddStorage(TroveStores.Bulk, RecordTable.Bulk).AddStorage(TroveStores.Personal, RecordTable.Personal);
    }

    private static IServiceCollection AddStorage(this IServiceCollection services, string name, RecordTable table) =>
        services.AddKeyedSingleton<IGrainStorage>(name, (provider, _) => new SqliteGrainStorage(
            provider.GetRequiredService<SqliteRecordFile>(), table, provider.GetRequiredService<IRecordSerializer>()));
}
