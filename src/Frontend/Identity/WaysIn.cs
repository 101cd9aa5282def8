using Microsoft.AspNetCore.Authentication;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Identity;

/// <summary>How callers are known: by the key that they bring, or else by the cookie of their session. There is no other way in.</summary>
internal static class WaysIn
{
    private const string KeyOrSession = "key-or-session";

    public static void AddWaysIn(this WebApplicationBuilder builder, FrontendOptions options)
    {
        builder.Services.AddSingleton(services => new ApiKeys(
            DataFolder.Key(options.DataFolder, "api-keys"),
            services.GetRequiredService<IGrainFactory>(),
            services.GetRequiredService<GrainCalls>(),
            services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => new SimulatedKeys(DataFolder.Key(options.DataFolder, "simulated"), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddAuthentication(KeyOrSession)
            .AddPolicyScheme(KeyOrSession, displayName: null, either => either.ForwardDefaultSelector = static context =>
                KeyScheme.IsBrought(context.Request) ? KeyScheme.Name : SessionCookie.Name)
            .AddScheme<AuthenticationSchemeOptions, KeyScheme>(KeyScheme.Name, configureOptions: null)
            .AddSessionCookie();
    }
}
