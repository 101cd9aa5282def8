using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Tests.Intake;

/// <summary>Smallest encoders of sound pictures: all pixels grey or black, whatever segments a test wants around them.</summary>
internal static class TinyImages
{
    private static readonly byte[] Jfif = [.. "JFIF\0"u8, 1, 2, 1, 0, 72, 0, 72, 0, 0];

    public static byte[] Jpeg(int width = 16, int height = 16, byte[][]? before = null, byte[]? after = null, byte frame = 0xC0, int components = 1, bool jfif = true)
    {
        var file = new List<byte> { 0xFF, 0xD8 };
        if (jfif)
        {
            file.AddRange(Segment(0xE0, Jfif));
        }

        foreach (var segment in before ?? [])
        {
            file.AddRange(segment);
        }

        file.AddRange(Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]));
        file.AddRange(Frame(width, height, frame, components));

        // One code of one bit each: DC difference zero, and end of block. A block is two zero bits.
        file.AddRange(Segment(0xC4, [0x00, 1, .. new byte[15], 0]));
        file.AddRange(Segment(0xC4, [0x10, 1, .. new byte[15], 0]));
        file.AddRange(Scan(components));
        file.AddRange(new byte[Entropy(width, height, components)]);
        file.AddRange([0xFF, 0xD9]);
        file.AddRange(after ?? []);
        return [.. file];
    }

    /// <summary>A progressive one: a DC scan and an AC scan that is a single end-of-band run.</summary>
    public static byte[] ProgressiveJpeg(int width = 16, int height = 16, int acScans = 1)
    {
        var blocks = Entropy(width, height, 1) * 4;
        var file = new List<byte> { 0xFF, 0xD8 };
        file.AddRange(Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]));
        file.AddRange(Frame(width, height, 0xC2, 1));
        file.AddRange(Segment(0xC4, [0x00, 1, .. new byte[15], 0]));
        file.AddRange(Segment(0xDA, [1, 1, 0x00, 0, 0, 0x00]));
        file.AddRange(new byte[(blocks + 7) / 8]);
        file.AddRange(Segment(0xC4, [0x10, 1, .. new byte[15], 0]));
        for (var scan = 0; scan < acScans; scan++)
        {
            file.AddRange(Segment(0xDA, [1, 1, 0x00, 1, 63, 0x00]));
            file.AddRange(new byte[(blocks + 7) / 8]);
        }

        file.AddRange([0xFF, 0xD9]);
        return [.. file];
    }

    public static byte[] Segment(byte marker, byte[] body) => [0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body];

    public static byte[] Frame(int width, int height, byte marker = 0xC0, int components = 1, byte precision = 8)
    {
        var body = new List<byte> { precision, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)components };
        for (var i = 1; i <= components; i++)
        {
            body.AddRange([(byte)i, 0x11, 0]);
        }

        return Segment(marker, [.. body]);
    }

    /// <summary>An APP1 segment with EXIF: an orientation, and a text that must not survive.</summary>
    public static byte[] Exif(int orientation, string secret = "GPS 47.1 N", bool little = true) => Segment(0xE1, [.. "Exif\0\0"u8, .. Tiff(orientation, secret, little)]);

    public static byte[] Tiff(int orientation, string secret = "GPS 47.1 N", bool little = true)
    {
        var tiff = new byte[26];
        tiff[0] = tiff[1] = (byte)(little ? 'I' : 'M');
        Put16(tiff.AsSpan(2), 42, little);
        Put32(tiff.AsSpan(4), 8, little);
        Put16(tiff.AsSpan(8), 1, little);
        Put16(tiff.AsSpan(10), 0x0112, little);
        Put16(tiff.AsSpan(12), 3, little);
        Put32(tiff.AsSpan(14), 1, little);
        Put16(tiff.AsSpan(18), (ushort)orientation, little);
        return [.. tiff, .. Encoding.ASCII.GetBytes(secret)];
    }

    public static byte[] Png(
        int width = 4, int height = 4, byte depth = 8, byte colour = 2, byte interlace = 0, byte[][]? before = null, byte[][]? between = null, byte[]? after = null, byte[]? raw = null, byte[]? packed = null)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, colour, interlace);
        raw ??= new byte[PngHeader.Read(header).Passes().Sum(pass => pass.RowBytes * pass.Rows)];
        packed ??= Pack(raw);
        var half = packed.Length / 2;
        return
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A,
            .. Chunk("IHDR", header),
            .. (before ?? []).SelectMany(chunk => chunk),
            .. Chunk("IDAT", packed[..half]),
            .. (between ?? []).SelectMany(chunk => chunk),
            .. Chunk("IDAT", packed[half..]),
            .. Chunk("IEND", []),
            .. after ?? [],
        ];
    }

    public static byte[] Pack(byte[] raw)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(raw);
        }

        return packed.ToArray();
    }

    public static byte[] Chunk(string type, byte[] body)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. body];
        var chunk = new byte[named.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length);
        named.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(named.Length + 4), Crc32.Of(named));
        return chunk;
    }

    private static byte[] Scan(int components)
    {
        var body = new List<byte> { (byte)components };
        for (var i = 1; i <= components; i++)
        {
            body.AddRange([(byte)i, 0x00]);
        }

        return Segment(0xDA, [.. body, 0, 63, 0]);
    }

    private static int Entropy(int width, int height, int components) => (((width + 7) / 8 * ((height + 7) / 8) * 2 * components) + 7) / 8;

    private static void Put16(Span<byte> at, ushort value, bool little)
    {
        if (little)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(at, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(at, value);
        }
    }

    private static void Put32(Span<byte> at, uint value, bool little)
    {
        if (little)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(at, value);
        }
    }
}
