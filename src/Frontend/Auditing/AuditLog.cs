using Trove.Contracts.Auditing;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Auditing;

/// <summary>Notes acts that no grain notes because they change nothing, such as an export or a look into the audit log itself. Await it before the answer.</summary>
internal sealed class AuditLog(IGrainFactory grains, GrainCalls calls, TimeProvider time)
{
    /// <summary>Notes an act of the caller; completes when it is durable.</summary>
    /// <param name="http">The request, behind authorisation.</param>
    /// <param name="act">Stable code, such as <c>export.made</c>.</param>
    /// <param name="target">What it was done to, as <c>kind/id</c>.</param>
    /// <param name="detail">Codes and numbers: never a name, an address or a text of a person.</param>
    public Task NoteAsync(HttpContext http, string act, string target, string? detail = null)
    {
        var entry = new AuditEntry($"request/{Guid.CreateVersion7():N}", time.GetUtcNow(), http.ActorOf(), act, target, detail);
        return Task.WhenAll(AuditLogs.Of(entry).Select(log =>
            calls.Run((Log: grains.GetGrain<IAuditLogGrain>(log), entry: AuditLogs.Seen(entry, log)), static async call =>
            {
                await call.Log.Append([call.entry]);
                return Done.Instance;
            })));
    }
}
