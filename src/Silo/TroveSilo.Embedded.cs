#if !ORLEANS
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trove.Embedded;
using Trove.Grains;
using Trove.Silo.Records;

namespace Trove.Silo;

public static partial class TroveSilo
{
    static partial void AddEngine(this IHostApplicationBuilder builder, TroveSiloOptions options)
    {
        builder.Services.AddSingleton<IReminderStore, SqliteReminderStore>();
        builder.Services.AddEmbeddedEngine(engine =>
        {
            engine.GrainAssemblies.Add(typeof(TroveSecrets).Assembly);
            engine.ResponseTimeout = options.ResponseTimeout;
            engine.CollectionAge = options.CollectionAge;
        });
    }
}
#endif
