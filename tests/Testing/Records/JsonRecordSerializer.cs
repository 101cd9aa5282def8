using System.Text.Json;
using Trove.Grains.Records;

namespace Trove.Testing.Records;

/// <summary>A serialiser for tests of stores, which do not care what the bytes mean.</summary>
public sealed class JsonRecordSerializer : IRecordSerializer
{
    /// <inheritdoc/>
    public byte[] Serialize<T>(T state) => JsonSerializer.SerializeToUtf8Bytes(state);

    /// <inheritdoc/>
    public T Deserialize<T>(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize<T>(bytes.Span)!;

    /// <inheritdoc/>
    public T Create<T>() => Activator.CreateInstance<T>();
}
