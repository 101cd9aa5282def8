using System.Buffers.Binary;

namespace Trove.Silo.Records;

/// <summary>
/// Reads SQLite's log (format: https://sqlite.org/fileformat2.html#walformat) for the one kind of damage SQLite passes over in
/// silence: it stops at the first frame that does not match its checksum, as after a power cut, and would drop acknowledged
/// transactions behind a flipped bit. A cut can only hit the last, unsynced transaction: the writer syncs each before it
/// writes the next, and empties the log after a failed one. So an intact frame <i>behind a commit</i> behind a broken frame
/// proves damage. What can't be told from a power cut is damage to the very last transaction alone.
/// </summary>
internal static class WriteAheadLog
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const uint MagicLittleEndian = 0x377f0682;
    private const uint MagicBigEndian = 0x377f0683;

    public static void Check(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) return; // cut before its first sync
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var sum = new Sum(BigEndian: magic == MagicBigEndian, 0, 0).Add(header[..24]);
        if (magic is not (MagicLittleEndian or MagicBigEndian) || !sum.Matches(header[24..]))
        {
            if (file.Length == HeaderSize || header.IndexOfAnyExcept((byte)0) < 0) return;
            throw RecordFileException.Damaged(path, "its header does not match its checksum");
        }

        var salt = header[16..24].ToArray();
        var frame = new byte[FrameHeaderSize + RecordFileFormat.PageSize];
        long broken = -1;
        var committedBehind = false;
        for (var number = 0L; file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; number++)
        {
            var ours = frame.AsSpan(8, 8).SequenceEqual(salt);
            var intact = ours && sum.Add(frame.AsSpan(0, 8)).Add(frame.AsSpan(FrameHeaderSize)).Matches(frame.AsSpan(16));
            if (intact && committedBehind)
                throw RecordFileException.Damaged(path, $"frame {broken} does not match its checksum, and later transactions follow it");
            if (!intact && broken < 0) broken = number;
            // Frames are chained: the next one is judged by the sum stored here, whether or not this frame is whole.
            sum = sum.From(frame.AsSpan(16));
            committedBehind |= broken >= 0 && ours && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) != 0;
        }
    }

    private readonly record struct Sum(bool BigEndian, uint First, uint Second)
    {
        public Sum Add(ReadOnlySpan<byte> bytes)
        {
            var (first, second) = (First, Second);
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                first += Word(bytes) + second;
                second += Word(bytes[4..]) + first;
            }

            return this with { First = first, Second = second };
        }

        public Sum From(ReadOnlySpan<byte> stored) => this with
        {
            First = BinaryPrimitives.ReadUInt32BigEndian(stored),
            Second = BinaryPrimitives.ReadUInt32BigEndian(stored[4..]),
        };

        public bool Matches(ReadOnlySpan<byte> stored) => this == From(stored);

        private uint Word(ReadOnlySpan<byte> bytes) =>
            BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
