namespace Trove.Testing.Records;

/// <summary>
/// One file as its process sees it, and the changes that are not on disk yet. The real file gets them at a sync and not before:
/// what a reader of the real file sees is what a power cut would leave.
/// </summary>
internal sealed class UnsyncedFile(byte[] content)
{
    private readonly List<(long Offset, byte[]? Bytes)> _unsynced = [];
    private byte[] _image = content;

    public long Length { get; private set; } = content.Length;

    public bool Read(Span<byte> target, long offset)
    {
        lock (_unsynced)
        {
            var there = (int)Math.Clamp(Length - offset, 0, target.Length);
            if (there > 0) _image.AsSpan((int)offset, there).CopyTo(target);
            target[there..].Clear();
            return there == target.Length;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_unsynced)
        {
            var end = offset + bytes.Length;
            if (end > _image.Length) Array.Resize(ref _image, (int)Math.Max(end, 2 * _image.LongLength));
            bytes.CopyTo(_image.AsSpan((int)offset));
            Length = Math.Max(Length, end);
            _unsynced.Add((offset, bytes.ToArray()));
        }
    }

    public void Truncate(long length)
    {
        lock (_unsynced)
        {
            if (length < Length) _image.AsSpan((int)length, (int)(Length - length)).Clear();
            Length = length;
            _unsynced.Add((length, null));
        }
    }

    /// <summary>What is not on disk yet, in order.</summary>
    public IReadOnlyList<(long Offset, byte[]? Bytes)> Unsynced()
    {
        lock (_unsynced) return [.. _unsynced];
    }

    /// <summary>Hands out every unsynced change in order (no bytes: cut to that length) and forgets them.</summary>
    public void Sync(Action<long, byte[]?> apply)
    {
        lock (_unsynced)
        {
            foreach (var (offset, bytes) in _unsynced) apply(offset, bytes);
            _unsynced.Clear();
        }
    }
}
