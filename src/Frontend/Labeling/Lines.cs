using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Trove.Frontend.Labeling;

/// <summary>Splits a stream into lines in constant memory. A line is valid until the next is asked for.</summary>
internal static class Lines
{
    /// <summary>Longest line, in bytes; a longer one comes empty-handed and is skipped to its end.</summary>
    public const int Longest = 128 * 1024;

    /// <summary>The lines with their numbers, from 1; null for one that is too long. Without the line ends, empty ones included.</summary>
    public static async IAsyncEnumerable<(long Number, ReadOnlySequence<byte>? Line)> Read(PipeReader body, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long number = 1;
        var skipping = false;
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                yield return (number++, skipping || line.Length > Longest ? null : line);
                skipping = false;
            }

            if (read.IsCompleted)
            {
                if (skipping || buffer.Length > 0)
                {
                    yield return (number, skipping || buffer.Length > Longest ? null : buffer);
                }

                body.AdvanceTo(buffer.End);
                yield break;
            }

            skipping |= buffer.Length > Longest;
            body.AdvanceTo(skipping ? buffer.End : buffer.Start, buffer.End);
        }
    }
}
