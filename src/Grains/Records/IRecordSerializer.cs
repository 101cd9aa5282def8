namespace Trove.Grains.Records;

/// <summary>The one record format: the same bytes on every engine and every store.</summary>
public interface IRecordSerializer
{
    /// <summary>The record's bytes, header included.</summary>
    byte[] Serialize<T>(T state);

    /// <summary>Reads a record of this or an older version.</summary>
    /// <exception cref="RecordDamagedException">The bytes are not such a record.</exception>
    /// <exception cref="RecordTooNewException">A newer build wrote it.</exception>
    T Deserialize<T>(ReadOnlyMemory<byte> bytes);

    /// <summary>The record of something that was never written.</summary>
    T Create<T>();
}
