using System.Collections.Concurrent;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Hubs;

/// <summary>
/// Stands before a hub: refuses pages of foreign origins, since browsers let any page open a WebSocket with the user's cookie, and callers who hold as many connections as they may.
/// Refusing by HTTP costs no connection; nothing here runs once one stands.
/// </summary>
internal sealed class HubDoor(FrontendOptions options, Origins origins)
{
    private readonly ConcurrentDictionary<string, int> _held = new(StringComparer.Ordinal);

    /// <summary>Puts the door before the endpoint, behind authorisation.</summary>
    public void Guard(IEndpointConventionBuilder hub) => hub.Add(endpoint =>
    {
        var connect = endpoint.RequestDelegate ?? throw new InvalidOperationException("The hub has no handler.");
        endpoint.RequestDelegate = context => Enter(context, connect);
    });

    private async Task Enter(HttpContext context, RequestDelegate connect)
    {
        if (origins.IsForeign(context.Request))
        {
            await Problems.Of(new Problem("origin-foreign", "A page of another site asks. Whoever runs this Trove lists those that may in Trove:Origins.")).ExecuteAsync(context);
            return;
        }

        var caller = context.User.Caller();
        try
        {
            // The request of a WebSocket lasts as long as the connection.
            if (_held.AddOrUpdate(caller, 1, static (_, held) => held + 1) > options.HubConnectionsPerCaller && options.HubConnectionsPerCaller > 0)
            {
                await Problems.Of(new Problem(
                    "too-many-connections", $"You hold {options.HubConnectionsPerCaller} connections already, which is as many as one may. Close one first.")).ExecuteAsync(context);
                return;
            }

            await connect(context);
        }
        finally
        {
            if (_held.AddOrUpdate(caller, 0, static (_, held) => held - 1) == 0)
            {
                // Only if nobody came meanwhile.
                _held.TryRemove(new KeyValuePair<string, int>(caller, 0));
            }
        }
    }
}
