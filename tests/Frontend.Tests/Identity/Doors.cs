using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Tests.Identity;

/// <summary>Every way to ask something of a running Trove, as the application itself lists them.</summary>
internal static class Doors
{
    /// <summary>Names such as <c>GET /api/v1/projects/{project}</c> and <c>/hubs/work Join</c>.</summary>
    public static IEnumerable<string> Of(IServiceProvider services) =>
        from endpoint in services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        from door in Of(endpoint)
        select door;

    private static IEnumerable<string> Of(RouteEndpoint endpoint)
    {
        var path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
        if (endpoint.Metadata.GetMetadata<HubMetadata>() is not { } hub)
        {
            return endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {path}");
        }

        // SignalR maps a second route, by which clients may ask which transports there are.
        return path.EndsWith("/negotiate", StringComparison.Ordinal)
            ? [$"POST {path}"]
            : [$"{path} connect", .. HubRules.Methods(hub.HubType).Select(method => $"{path} {method.Name}")];
    }

    /// <summary>Arguments that a hub method can be called with, as JSON.</summary>
    public static string[] Arguments(string hub, string method) =>
        [.. HubType(hub).GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!.GetParameters().Select(parameter => Argument(parameter, hub))];

    private static Type HubType(string hub) => hub switch
    {
        "/hubs/work" => typeof(Contributors.WorkHub),
        "/hubs/board" => typeof(Progress.BoardHub),
        "/hubs/echo" => typeof(Bench.EchoHub),
        _ => throw new ArgumentException($"The hub {hub} is not known here.", nameof(hub)),
    };

    private static string Argument(ParameterInfo parameter, string hub) =>
        parameter.Name == "project" ? "\"shared\""
        : parameter.ParameterType == typeof(string) ? "\"x\""
        : parameter.ParameterType == typeof(long) ? "0"
        : parameter.ParameterType == typeof(Trove.Contracts.Contributors.JoinRequest) ? $$"""{"projects":[{"project":"{{(hub == "/hubs/work" ? "JOINED" : "shared")}}"}]}"""
        : """{"token":"x","values":["yes"],"draft":""}""";
}
