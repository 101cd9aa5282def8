using System.Collections.Concurrent;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Hubs;

/// <summary>
/// Stands before a hub: refuses pages of foreign origins, since browsers let any page open a WebSocket with the user's cookie; callers who hold as many connections as they may; and everybody
/// when all together do. Refusing by HTTP costs no connection; nothing here runs once one stands.
/// </summary>
internal sealed class HubDoor(FrontendOptions options, Origins origins)
{
    private readonly ConcurrentDictionary<string, int> _held = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Puts the door before the endpoint, behind authorisation.</summary>
    public void Guard(IEndpointConventionBuilder hub) => hub.Add(endpoint =>
    {
        var connect = endpoint.RequestDelegate ?? throw new InvalidOperationException("The hub has no handler.");
        endpoint.RequestDelegate = context => Enter(context, connect);
    });

    private async Task Enter(HttpContext context, RequestDelegate connect)
    {
        var caller = context.User.Caller();
        var all = Interlocked.Increment(ref _all);
        var held = _held.AddOrUpdate(caller, 1, static (_, held) => held + 1);
        try
        {
            // The request of a WebSocket lasts as long as the connection.
            await (Refusal(context.Request, all, held) is { } refusal ? Problems.Of(refusal).ExecuteAsync(context) : connect(context));
        }
        finally
        {
            Interlocked.Decrement(ref _all);
            if (_held.AddOrUpdate(caller, 0, static (_, held) => held - 1) == 0)
            {
                // Only if nobody came meanwhile.
                _held.TryRemove(new KeyValuePair<string, int>(caller, 0));
            }
        }
    }

    private Problem? Refusal(HttpRequest request, int all, int held)
    {
        if (origins.IsForeign(request))
        {
            return new Problem("origin-foreign", "A page of another site asks. Whoever runs this Trove lists those that may in Trove:Origins.");
        }

        if (all > options.Connections)
        {
            return new Problem("unavailable", "Trove holds as many connections as it may. Try again in a minute.");
        }

        return options.HubConnectionsPerCaller > 0 && held > options.HubConnectionsPerCaller
            ? new Problem("too-many-connections", $"You hold {options.HubConnectionsPerCaller} connections already, which is as many as one may. Close one first.")
            : null;
    }
}
