using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Trove.Grains.Records;
using Trove.Silo.Records;
using Trove.Testing;
using Trove.Testing.Records;

namespace Trove.Silo.Tests.Records;

public sealed class Sqlite_records : SqliteContract
{
    protected override string Name => TroveStores.Records;
}

public sealed class Sqlite_bulk : SqliteContract
{
    protected override string Name => TroveStores.Bulk;
}

public sealed class Faulty_store : GrainStorageContract
{
    protected override IGrainStorage Storage { get; } = new FaultyStore(new JsonRecordSerializer());
}

public sealed class Faulty_store_under_another_name : GrainStorageContract
{
    protected override IGrainStorage Storage { get; } = new FaultyStore(new JsonRecordSerializer()).Named(TroveStores.Bulk);
}

/// <summary>The record file as hosts compose it.</summary>
public abstract class SqliteContract : GrainStorageContract, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    protected SqliteContract() => _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<IRecordSerializer, JsonRecordSerializer>()
        .AddSqliteRecords(options => options.Folder = _folder.Path)
        .BuildServiceProvider();

    protected abstract string Name { get; }

    protected override IGrainStorage Storage => _services.GetRequiredKeyedService<IGrainStorage>(Name);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
