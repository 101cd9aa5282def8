#if ORLEANS
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Trove.Silo;

public static partial class TroveSilo
{
    static partial void AddEngine(this IHostApplicationBuilder builder, TroveSiloOptions options) => builder.UseOrleans(silo =>
    {
        // One silo over the record file. Several silos over shared storage are composed elsewhere.
        silo.UseLocalhostClustering();
        silo.UseInMemoryReminderService();
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = options.CollectionAge);
    });
}
#endif
