using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Trove.Frontend.Hubs;

/// <summary>
/// SignalR's JSON protocol, with a plain sentence for arguments that cannot be read: SignalR itself tells the client only that an error happened on the server,
/// which is neither true nor of help.
/// </summary>
internal sealed class PlainJsonProtocol(IOptions<JsonHubProtocolOptions> options) : IHubProtocol
{
    private static readonly ExceptionDispatchInfo Unreadable = ExceptionDispatchInfo.Capture(HubGuard.Refusal(
        "message-invalid", "There is no such method, or its arguments are not of the shape it takes. See the description of the hub."));

    private readonly JsonHubProtocol _json = new(options);

    public string Name => _json.Name;

    public int Version => _json.Version;

    public TransferFormat TransferFormat => _json.TransferFormat;

    public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _json.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _json.WriteMessage(message, output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var parsed = _json.TryParseMessage(ref input, binder, out message);
        if (message is InvocationBindingFailureMessage failure)
        {
            message = new InvocationBindingFailureMessage(failure.InvocationId, failure.Target, Unreadable);
        }

        return parsed;
    }
}
