using System.Buffers.Binary;
using Trove.Contracts;

namespace Trove.Frontend.Intake;

/// <summary>
/// Walks the chunks of a PNG (ISO/IEC 15948) from the signature to IEND, checks every CRC, inflates the pixels once to count them, and keeps the chunks that a decoder needs.
/// Texts, times, profiles, EXIF and whatever follows IEND are left out.
/// </summary>
internal sealed class PngFile
{
    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly ReadOnlyMemory<byte> _file;
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly List<ReadOnlyMemory<byte>> _data = [];
    private readonly HashSet<string> _seen = [];
    private PngHeader? _header;
    private bool _dataEnded;
    private int _orientation = ExifOrientation.Upright;

    private PngFile(ReadOnlyMemory<byte> file) => _file = file;

    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    public static Result<CleanImage> Read(ReadOnlyMemory<byte> file) => new PngFile(file).Walk();

    private CleanImage Walk()
    {
        _pieces.Add(_file[..8]);
        for (var at = 8; ;)
        {
            var file = _file.Span;
            if (at + 12 > file.Length)
            {
                throw RefusedImage.Truncated();
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
            {
                throw RefusedImage.Truncated();
            }

            var type = file.Slice(at + 4, 4);
            if (type.ContainsAnyExcept(Letters))
            {
                throw RefusedImage.Corrupt("a chunk has no name");
            }

            var chunk = _file.Slice(at, (int)length + 12);
            if (Crc32.Of(chunk.Span[4..^4]) != BinaryPrimitives.ReadUInt32BigEndian(chunk.Span[^4..]))
            {
                throw RefusedImage.Corrupt("the check sum of a chunk is wrong");
            }

            at += chunk.Length;
            var name = System.Text.Encoding.ASCII.GetString(type);
            if (name == "IEND")
            {
                return Finish(chunk);
            }

            Chunk(name, chunk);
        }
    }

    private static readonly System.Buffers.SearchValues<byte> Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private void Chunk(string name, ReadOnlyMemory<byte> chunk)
    {
        var body = chunk.Span[8..^4];
        if (_header is null && name != "IHDR")
        {
            throw RefusedImage.Corrupt("it does not begin with a header");
        }

        _dataEnded |= _data.Count > 0 && name != "IDAT";
        switch (name)
        {
            case "IHDR":
                Once(name);
                _header = PngHeader.Read(body);
                _pieces.Add(chunk);
                break;
            case "IDAT":
                if (_dataEnded)
                {
                    throw RefusedImage.Corrupt("the pixels are not in one run");
                }

                if (_data.Count == 0 && _header!.NeedsPalette && !_seen.Contains("PLTE"))
                {
                    throw RefusedImage.Corrupt("the palette is missing");
                }

                _data.Add(chunk[8..^4]);
                _pieces.Add(chunk);
                break;
            case "PLTE" or "tRNS" or "gAMA" or "cHRM" or "sRGB":
                Once(name);
                KeepWhenSane(name, chunk, body);
                break;
            case "acTL" or "fcTL" or "fdAT":
                throw new RefusedImage("image-animated", "The PNG is animated. Send one picture.");
            case "eXIf":
                Once(name);
                _orientation = ExifOrientation.Read(body);
                break;
            case [>= 'A' and <= 'Z', ..]:
                throw RefusedImage.Corrupt($"an unknown chunk {name} that a reader must understand");
        }
    }

    /// <summary>A palette decides about pixels, so a wrong one refuses the picture; wrong hints about colour are only left out.</summary>
    private void KeepWhenSane(string name, ReadOnlyMemory<byte> chunk, ReadOnlySpan<byte> body)
    {
        var inPlace = _data.Count == 0 && (name is not ("gAMA" or "cHRM" or "sRGB") || !_seen.Contains("PLTE"));
        var sane = inPlace && name switch
        {
            "PLTE" => body.Length is > 0 and <= 768 && body.Length % 3 == 0 && _header!.MayHavePalette && body.Length / 3 <= _header.MostColours,
            "tRNS" => _header!.NeedsPalette ? body.Length is > 0 and <= 256 && _seen.Contains("PLTE") : body.Length == _header.TransparentBytes && body.Length > 0,
            "gAMA" => body.Length == 4 && BinaryPrimitives.ReadUInt32BigEndian(body) is > 1_000 and < 10_000_000,
            "cHRM" => body.Length == 32,
            _ => body.Length == 1 && body[0] <= 3,
        };
        if (sane)
        {
            _pieces.Add(chunk);
        }
        else if (name == "PLTE")
        {
            throw RefusedImage.Corrupt("the palette is malformed");
        }
    }

    private void Once(string name) => _ = _seen.Add(name) ? true : throw RefusedImage.Corrupt($"the chunk {name} comes twice");

    private CleanImage Finish(ReadOnlyMemory<byte> end)
    {
        var header = _header ?? throw RefusedImage.Corrupt("it does not begin with a header");
        if (end.Length != 12)
        {
            throw RefusedImage.Corrupt("its end is malformed");
        }

        PngPixels.MustFill(header, _data);
        _pieces.Add(end);
        return new CleanImage(ImageFormat.Png, header.Width, header.Height, _orientation, _pieces);
    }
}

/// <summary>The header chunk of a PNG.</summary>
internal sealed record PngHeader(int Width, int Height, int Depth, int Colour, bool Interlaced)
{
    public bool NeedsPalette => Colour == 3;

    public bool MayHavePalette => Colour is 2 or 3 or 6;

    public int MostColours => NeedsPalette ? 1 << Depth : 256;

    /// <summary>Length of a tRNS chunk: one or three samples of 16 bits; none where pixels carry alpha themselves.</summary>
    public int TransparentBytes => Colour switch { 0 => 2, 2 => 6, _ => 0 };

    public int BitsPerPixel => Depth * Colour switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    public static PngHeader Read(ReadOnlySpan<byte> body)
    {
        if (body.Length != 13)
        {
            throw RefusedImage.Corrupt("the header is malformed");
        }

        long width = BinaryPrimitives.ReadUInt32BigEndian(body), height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        RefusedImage.CheckSize(width, height);
        int depth = body[8], colour = body[9];
        var known = colour switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!known || body[10] != 0 || body[11] != 0 || body[12] > 1)
        {
            throw RefusedImage.Corrupt("the header is malformed");
        }

        return new PngHeader((int)width, (int)height, depth, colour, body[12] == 1);
    }

    /// <summary>Rows of the picture as they are stored, as (row bytes with the filter byte, number of rows); seven passes when interlaced (Adam7).</summary>
    public IEnumerable<(int RowBytes, int Rows)> Passes()
    {
        (int X, int Y, int StepX, int StepY)[] passes = Interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        foreach (var (x, y, stepX, stepY) in passes)
        {
            int across = (Width - x + stepX - 1) / stepX, down = (Height - y + stepY - 1) / stepY;
            if (across > 0 && down > 0)
            {
                yield return (1 + (int)((((long)across * BitsPerPixel) + 7) / 8), down);
            }
        }
    }
}
