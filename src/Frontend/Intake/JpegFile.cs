using System.Buffers.Binary;
using Trove.Contracts;

namespace Trove.Frontend.Intake;

/// <summary>
/// Walks the marker structure of a JPEG (ITU-T T.81, annex B) from SOI to EOI and keeps what a decoder needs: tables, frame, scans, and the plain JFIF and Adobe headers
/// that say how colours are stored, both written anew. Whatever follows EOI, a second picture or a hidden archive, is left out.
/// </summary>
internal sealed class JpegFile
{
    /// <summary>Each scan makes a decoder walk the whole picture again; a progressive file of ordinary tools has about ten.</summary>
    private const int MaxScans = 100;

    private const byte Soi = 0xD8, Eoi = 0xD9, Sos = 0xDA, Dqt = 0xDB, Dht = 0xC4, Dri = 0xDD, App0 = 0xE0, App1 = 0xE1, App14 = 0xEE, App15 = 0xEF, Com = 0xFE;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly JpegTables _tables = new();
    private JpegFrame? _frame;
    private int _at = 2;
    private int _keptUpTo;
    private int _scans;
    private int _orientation = ExifOrientation.Upright;
    private bool _exifSeen, _jfifSeen, _adobeSeen;

    private JpegFile(ReadOnlyMemory<byte> file) => _file = file;

    public static bool IsOne(ReadOnlySpan<byte> file) => file is [0xFF, Soi, 0xFF, ..];

    public static Result<CleanImage> Read(ReadOnlyMemory<byte> file) => new JpegFile(file).Walk();

    private CleanImage Walk()
    {
        while (true)
        {
            var start = _at;
            var marker = NextMarker();
            if (marker == Eoi)
            {
                return Finish(start);
            }

            if (marker is Soi or (>= 0xD0 and <= 0xD7) or <= 0x01)
            {
                throw RefusedImage.Corrupt($"a marker {marker:X2} stands where none may");
            }

            var body = NextSegment();
            switch (marker)
            {
                case >= App0 and <= App15 or Com:
                    Keep(upTo: start);
                    Header(marker, body.Span);
                    _keptUpTo = _at;
                    break;
                case Dqt:
                    _tables.Quantisation(body.Span);
                    break;
                case Dht:
                    _tables.Huffman(body.Span);
                    break;
                case Dri:
                    _ = body.Length == 2 ? true : throw RefusedImage.Corrupt("the restart interval is malformed");
                    break;
                case Sos:
                    Scan(body.Span);
                    break;
                case >= 0xC0 and <= 0xCF:
                    Frame(marker, body.Span);
                    break;
                default:
                    throw RefusedImage.Corrupt($"an unknown segment {marker:X2}");
            }
        }
    }

    /// <summary>Reads the marker at the cursor; padding before it is legal (B.1.1.2), bytes that belong to nothing are not.</summary>
    private byte NextMarker()
    {
        var file = _file.Span;
        var start = _at;
        if (_at < file.Length && file[_at] != 0xFF)
        {
            throw RefusedImage.Corrupt("bytes between two segments belong to neither");
        }

        while (_at < file.Length && file[_at] == 0xFF)
        {
            _at++;
        }

        if (_at >= file.Length)
        {
            throw RefusedImage.Truncated();
        }

        if (_at - start > 2)
        {
            Keep(upTo: start);
            _keptUpTo = _at - 1;
        }

        return file[_at++];
    }

    private ReadOnlyMemory<byte> NextSegment()
    {
        if (_at + 2 > _file.Length)
        {
            throw RefusedImage.Truncated();
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_file.Span[_at..]);
        if (length < 2)
        {
            throw RefusedImage.Corrupt("a segment has no length");
        }

        if (_at + length > _file.Length)
        {
            throw RefusedImage.Truncated();
        }

        var body = _file.Slice(_at + 2, length - 2);
        _at += length;
        return body;
    }

    /// <summary>Drops an application segment or comment, and keeps in its place what decoding needs of it.</summary>
    private void Header(byte marker, ReadOnlySpan<byte> body)
    {
        if (marker == App1 && !_exifSeen && body.StartsWith("Exif\0\0"u8))
        {
            _exifSeen = true;
            _orientation = ExifOrientation.Read(body[6..]);
        }
        else if (marker == App0 && !_jfifSeen && _frame is null && body.StartsWith("JFIF\0"u8))
        {
            // Without it a decoder may take three components for RGB. Version 1.01, no density, no thumbnail.
            _jfifSeen = true;
            _pieces.Add(new byte[] { 0xFF, App0, 0, 16, 0x4A, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0 });
        }
        else if (marker == App14 && !_adobeSeen && _frame is null && body.Length >= 12 && body.StartsWith("Adobe"u8) && body[11] <= 2)
        {
            // Its last byte says RGB, CMYK, YCbCr or YCCK.
            _adobeSeen = true;
            _pieces.Add(new byte[] { 0xFF, App14, 0, 14, 0x41, 0x64, 0x6F, 0x62, 0x65, 0, 100, 0, 0, 0, 0, body[11] });
        }
    }

    private void Frame(byte marker, ReadOnlySpan<byte> body)
    {
        if (_frame is not null)
        {
            throw RefusedImage.Corrupt("it holds two frames");
        }

        if (marker is not (0xC0 or 0xC1 or 0xC2))
        {
            throw RefusedImage.Unsupported("The JPEG is coded arithmetically, lossless or hierarchically, which browsers cannot show");
        }

        _frame = JpegFrame.Read(body, progressive: marker == 0xC2);
    }

    private void Scan(ReadOnlySpan<byte> header)
    {
        var frame = _frame ?? throw RefusedImage.Corrupt("a scan comes before its frame");
        if (++_scans > MaxScans)
        {
            throw new RefusedImage("image-too-many-scans", $"The JPEG has more than {MaxScans} scans. Save it again.");
        }

        frame.Scan(header, _tables);
        var entropy = _file.Span[_at..];
        var length = EntropyLength(entropy);
        frame.Entropy(length);
        _at += length;
    }

    /// <summary>Length of the coded data: up to the first marker that is neither a stuffed FF00 nor a restart.</summary>
    private static int EntropyLength(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (true)
        {
            var next = data[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= data.Length)
            {
                throw RefusedImage.Truncated();
            }

            at += next;
            if (data[at + 1] is not (0 or (>= 0xD0 and <= 0xD7)))
            {
                return at;
            }

            at += 2;
        }
    }

    private void Keep(int upTo)
    {
        if (upTo > _keptUpTo)
        {
            _pieces.Add(_file[_keptUpTo..upTo]);
            _keptUpTo = upTo;
        }
    }

    private CleanImage Finish(int end)
    {
        var frame = _frame ?? throw RefusedImage.Corrupt("it holds no picture");
        frame.MustBeComplete();
        Keep(upTo: Math.Max(end, _keptUpTo));
        _pieces.Add(new byte[] { 0xFF, Eoi });
        return new CleanImage(ImageFormat.Jpeg, frame.Width, frame.Height, _orientation, _pieces);
    }
}
