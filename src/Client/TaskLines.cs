using System.Net;
using System.Text.Json;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Client;

/// <summary>A request body of JSON lines, written while the tasks come in: an import's size is bounded by neither side's memory.</summary>
internal sealed class TaskLines : HttpContent
{
    /// <summary>Media type of JSON lines.</summary>
    public const string MediaType = "application/x-ndjson";

    private const int FlushBytes = 32 * 1024;
    private const int ReportEvery = 1_000;

    private readonly IAsyncEnumerable<TaskDefinition> _tasks;
    private readonly Action<long>? _sent;

    public TaskLines(IAsyncEnumerable<TaskDefinition> tasks, Action<long>? sent)
    {
        _tasks = tasks;
        _sent = sent;
        Headers.ContentType = new(MediaType);
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
            Write(writer, task);
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

    /// <summary>One task: <c>{"id", "text"?, "image"?, "redundancy"?: n | {"min", "max", "confidence"}, "allow"?: [contributor, …]}</c>.</summary>
    private static void Write(Utf8JsonWriter writer, TaskDefinition task)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, task.SourceId);
        if (task.Text is not null)
        {
            writer.WriteString("text"u8, task.Text);
        }

        if (task.Image is not null)
        {
            writer.WriteString("image"u8, task.Image);
        }

        switch (task.Redundancy)
        {
            case { Kind: RedundancyKind.Dynamic } dynamic:
                writer.WriteStartObject("redundancy"u8);
                writer.WriteNumber("min"u8, dynamic.Minimum);
                writer.WriteNumber("max"u8, dynamic.Maximum);
                writer.WriteNumber("confidence"u8, dynamic.Confidence);
                writer.WriteEndObject();
                break;
            case { } exact:
                writer.WriteNumber("redundancy"u8, exact.Maximum);
                break;
        }

        if (task.Allowed.OrEmpty() is { Length: > 0 } allowed)
        {
            writer.WriteStartArray("allow"u8);
            foreach (var contributor in allowed)
            {
                writer.WriteStringValue(contributor);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
