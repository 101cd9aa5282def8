using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Trove.Client.Connections;

/// <summary>Calls whose refusals come as <see cref="RefusedException"/>.</summary>
internal static class HubCalls
{
    public static async Task<T> CallAsync<T>(this HubConnection hub, string method, object?[] arguments, CancellationToken cancellation)
    {
        try
        {
            return await hub.InvokeCoreAsync<T>(method, arguments, cancellation);
        }
        catch (HubException e) when (RefusedException.ProblemIn(e) is { } problem)
        {
            throw new RefusedException(problem, e);
        }
    }
}
