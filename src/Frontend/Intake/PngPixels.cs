using System.IO.Compression;

namespace Trove.Frontend.Intake;

/// <summary>Inflates the pixels of a PNG in constant memory to see that they are exactly as many as the header says, and that nothing hides behind them.</summary>
internal static class PngPixels
{
    public static void MustFill(PngHeader header, IReadOnlyList<ReadOnlyMemory<byte>> data)
    {
        if (data.Count == 0)
        {
            throw RefusedImage.Truncated();
        }

        using var coded = new PieceStream(data);
        using var pixels = new ZLibStream(coded, CompressionMode.Decompress);
        try
        {
            Rows(header, pixels);
            if (pixels.ReadByte() >= 0)
            {
                throw RefusedImage.Corrupt("it holds more pixels than its header says");
            }
        }
        catch (InvalidDataException)
        {
            throw RefusedImage.Corrupt("the pixels cannot be unpacked");
        }

        if (coded.AskedPastEnd)
        {
            throw RefusedImage.Truncated();
        }

        if (!coded.AtEnd)
        {
            throw RefusedImage.Corrupt("bytes follow the pixels that belong to nothing");
        }
    }

    private static void Rows(PngHeader header, ZLibStream pixels)
    {
        var buffer = new byte[32 * 1024];
        foreach (var (rowBytes, rows) in header.Passes())
        {
            for (var row = 0; row < rows; row++)
            {
                for (var left = rowBytes; left > 0;)
                {
                    var read = pixels.Read(buffer, 0, Math.Min(left, buffer.Length));
                    if (read == 0)
                    {
                        throw RefusedImage.Truncated();
                    }

                    if (left == rowBytes && buffer[0] > 4)
                    {
                        throw RefusedImage.Corrupt("a row has an unknown filter");
                    }

                    left -= read;
                }
            }
        }
    }

    /// <summary>
    /// The pixel chunks as one stream. Its last bytes come one at a time: an inflater asks only for what it needs, so where it stops asking tells whether bytes are left over.
    /// </summary>
    private sealed class PieceStream(IReadOnlyList<ReadOnlyMemory<byte>> pieces) : Stream
    {
        private const int Tail = 64;
        private long _left = pieces.Sum(piece => (long)piece.Length);
        private int _piece;
        private int _offset;

        public bool AskedPastEnd { get; private set; }

        public bool AtEnd => _left == 0;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_left == 0)
            {
                AskedPastEnd = true;
                return 0;
            }

            while (_offset == pieces[_piece].Length)
            {
                _piece++;
                _offset = 0;
            }

            var most = _left > Tail ? Math.Min(buffer.Length, _left - Tail) : 1;
            var from = pieces[_piece].Span[_offset..];
            var taken = from[..(int)Math.Min(most, from.Length)];
            taken.CopyTo(buffer);
            _offset += taken.Length;
            _left -= taken.Length;
            return taken.Length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
