using System.Net;
using System.Text.Json;
using Trove.Contracts;
using Trove.Contracts.Labeling;

namespace Trove.Client;

/// <summary>A request body of newline-delimited JSON, written while the tasks come in: an import's size is bounded by neither side's memory.</summary>
internal sealed class TaskLines : HttpContent
{
    private const int FlushBytes = 32 * 1024;
    private const int ReportEvery = 1_000;

    private readonly IAsyncEnumerable<TaskDefinition> _tasks;
    private readonly Action<long>? _sent;

    public TaskLines(IAsyncEnumerable<TaskDefinition> tasks, Action<long>? sent)
    {
        _tasks = tasks;
        _sent = sent;
        Headers.ContentType = new("application/x-ndjson");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(FlushBytes + (8 * 1024));
        await using var writer = new Utf8JsonWriter(buffer);
        long count = 0;
        await foreach (var task in _tasks.WithCancellation(cancellationToken))
        {
            // An array that was left out would not serialize.
            JsonSerializer.Serialize(writer, task with { Allowed = task.Allowed.OrEmpty() }, TroveJson.Default.TaskDefinition);
            await writer.FlushAsync(cancellationToken);
            writer.Reset();
            buffer.WriteByte((byte)'\n');
            if (buffer.Length >= FlushBytes)
            {
                await SendAsync();
            }

            if (++count % ReportEvery == 0)
            {
                _sent?.Invoke(count);
            }
        }

        await SendAsync();
        _sent?.Invoke(count);

        async Task SendAsync()
        {
            await stream.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
            buffer.SetLength(0);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
