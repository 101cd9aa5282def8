using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Trove.Frontend.Json;

namespace Trove.Frontend.Hubs;

/// <summary>Sizes and limits of hub connections. Most contributors wait most of the time, so a waiting connection must cost next to nothing.</summary>
internal static class HubSetup
{
    /// <summary>Largest message of a client: an answer with a full draft and escapes fits several times.</summary>
    private const long MaxMessage = 32 * 1024;

    /// <summary>Calls of one connection that may run at once: the read-ahead window and one more.</summary>
    private const int Parallel = 4;

    public static void AddHubs(this WebApplicationBuilder builder, FrontendOptions options)
    {
        builder.Services.AddSingleton<FrontendProcess>();
        builder.Services.AddSingleton<GrainCalls>();
        builder.Services.AddSingleton<HubDoor>();
        builder.Services.AddSingleton<HubGuard>();
        builder.Services.AddSingleton<HubRules>();
        builder.Services.AddSingleton<ConnectionRights>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ConnectionRights>());
        builder.Services
            .AddSignalR(hubs =>
            {
                hubs.MaximumReceiveMessageSize = MaxMessage;
                hubs.MaximumParallelInvocationsPerClient = Parallel;
                hubs.StreamBufferCapacity = 1;
                hubs.KeepAliveInterval = TimeSpan.FromSeconds(10);
                hubs.ClientTimeoutInterval = TimeSpan.FromSeconds(30);
                hubs.EnableDetailedErrors = false;
                hubs.AddFilter<HubGuard>();
            })
            .AddJsonProtocol(json => TroveJson.Configure(json.PayloadSerializerOptions));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHubProtocol, PlainJsonProtocol>());

        // SignalR keeps connections alive itself, with one timer for all; WebSockets would add one each.
        builder.Services.Configure<Microsoft.AspNetCore.Builder.WebSocketOptions>(sockets => sockets.KeepAliveInterval = Timeout.InfiniteTimeSpan);

        // Refusals are answers, not errors, and the guard has logged every surprise: SignalR would log both, once more each, at the request of any hostile client.
        builder.Logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None);
    }

    /// <summary>A hub with its door before it, which only callers under a policy pass; its methods name theirs.</summary>
    public static void MapGuardedHub<THub>(this WebApplication app, [StringSyntax("Route")] string path, string policy)
        where THub : Hub
    {
        app.Services.GetRequiredService<HubRules>().Add(typeof(THub), policy);
        app.Services.GetRequiredService<HubDoor>().Guard(app.MapHub<THub>(path, Configure).RequireAuthorization(policy));
    }

    /// <summary>WebSockets only: one transport, no sticky sessions; buffers just large enough for the largest message.</summary>
    private static void Configure(HttpConnectionDispatcherOptions options)
    {
        options.Transports = HttpTransportType.WebSockets;
        options.TransportMaxBufferSize = MaxMessage;
        options.ApplicationMaxBufferSize = MaxMessage + 1024;
    }
}
