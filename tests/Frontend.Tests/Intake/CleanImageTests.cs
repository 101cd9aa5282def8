using System.Text;
using Trove.Contracts;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Tests.Intake;

public sealed class CleanImageTests
{
    private const string Secret = "window.secret=47.1N";
    private static readonly byte[] SecretBytes = Encoding.ASCII.GetBytes(Secret);

    [Fact]
    public void The_checksum_is_the_one_of_the_standard() => Assert.Equal(0xAE426082u, Crc32.Of("IEND"u8));

    [Fact]
    public void A_jpeg_loses_every_metadata_segment_and_keeps_its_pixels()
    {
        byte[][] metadata =
        [
            TinyImages.Exif(6, Secret),
            TinyImages.Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. SecretBytes]),
            TinyImages.Segment(0xE2, [.. "ICC_PROFILE\0"u8, .. SecretBytes]),
            TinyImages.Segment(0xED, SecretBytes),
            TinyImages.Segment(0xEE, [.. "Adobe"u8, 0, 100, .. "ss"u8, .. "ss"u8, 1]),
            TinyImages.Segment(0xFE, SecretBytes),
        ];
        var image = Taken(TinyImages.Jpeg(24, 16, metadata, after: SecretBytes));
        Assert.Equal((24, 16, 6), (image.Width, image.Height, image.Orientation));
        var clean = Bytes(image);
        Assert.Equal(-1, clean.AsSpan().IndexOf(SecretBytes));

        // Only the two headers that say how colours are stored remain, with nothing of the uploader's in them.
        byte[] adobe = TinyImages.Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 1]);
        byte[] jfif = TinyImages.Segment(0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        var bare = TinyImages.Jpeg(24, 16, jfif: false);
        Assert.Equal([0xFF, 0xD8, .. jfif, .. adobe, .. bare[2..]], clean);
    }

    [Fact]
    public void A_clean_picture_stays_the_same_when_it_is_taken_in_again()
    {
        foreach (var file in new[] { TinyImages.Jpeg(before: [TinyImages.Exif(3)]), TinyImages.ProgressiveJpeg(), TinyImages.Png(before: [TinyImages.Chunk("tEXt", SecretBytes)]) })
        {
            var once = Bytes(Taken(file));
            Assert.Equal(once, Bytes(Taken(once)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Orientation_is_read_in_both_byte_orders(bool little)
    {
        for (var orientation = 1; orientation <= 8; orientation++)
        {
            Assert.Equal(orientation, Taken(TinyImages.Jpeg(before: [TinyImages.Exif(orientation, little: little)])).Orientation);
            Assert.Equal(orientation, Taken(TinyImages.Png(before: [TinyImages.Chunk("eXIf", TinyImages.Tiff(orientation, little: little))])).Orientation);
        }
    }

    [Fact]
    public void Broken_metadata_is_no_reason_to_refuse_sound_pixels()
    {
        var tiff = TinyImages.Tiff(6);
        for (var length = 0; length < 20; length++)
        {
            Assert.Equal(ExifOrientation.Upright, Taken(TinyImages.Jpeg(before: [TinyImages.Segment(0xE1, [.. "Exif\0\0"u8, .. tiff[..length]])])).Orientation);
        }

        Assert.Equal(ExifOrientation.Upright, Taken(TinyImages.Jpeg(before: [TinyImages.Exif(9)])).Orientation);
    }

    [Fact]
    public void A_png_loses_every_chunk_that_is_not_needed_to_show_it()
    {
        var gamma = TinyImages.Chunk("gAMA", [0, 0, 0xB1, 0x8F]);
        var file = TinyImages.Png(
            before: [gamma, TinyImages.Chunk("tEXt", SecretBytes), TinyImages.Chunk("iCCP", SecretBytes), TinyImages.Chunk("tIME", new byte[7]), TinyImages.Chunk("prVt", SecretBytes)],
            after: SecretBytes);
        Assert.Equal(TinyImages.Png(before: [gamma]), Bytes(Taken(file)));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(16, 0)]
    [InlineData(8, 2)]
    [InlineData(16, 2)]
    [InlineData(8, 4)]
    [InlineData(16, 6)]
    public void A_png_of_any_legal_depth_is_taken_straight_and_interlaced(byte depth, byte colour)
    {
        foreach (var (width, height) in new[] { (1, 1), (3, 5), (8, 8), (33, 9) })
        {
            Assert.Equal((width, height), (Taken(TinyImages.Png(width, height, depth, colour)).Width, Taken(TinyImages.Png(width, height, depth, colour, interlace: 1)).Height));
        }
    }

    [Fact]
    public void A_picture_cut_anywhere_is_refused()
    {
        foreach (var file in new[] { TinyImages.Jpeg(components: 3), TinyImages.ProgressiveJpeg(), TinyImages.Png() })
        {
            for (var length = 0; length < file.Length; length++)
            {
                Assert.NotNull(CleanImage.Read(file.AsMemory(0, length)).Problem);
            }
        }
    }

    [Fact]
    public void No_random_damage_makes_the_parsers_throw()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        byte[][] files = [TinyImages.Jpeg(components: 3, before: [TinyImages.Exif(2)]), TinyImages.ProgressiveJpeg(), TinyImages.Png(9, 9, interlace: 1), TinyImages.Png(colour: 3, before: [TinyImages.Chunk("PLTE", [1, 2, 3])])];
        for (var round = 0; round < 20_000; round++)
        {
            var file = (byte[])files[random.Next(files.Length)].Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                file[random.Next(file.Length)] = (byte)random.Next(256);
            }

            var result = CleanImage.Read(file);
            Assert.True(result.Value is null != result.Problem is null, $"seed {seed}, round {round}");
        }
    }

    public static TheoryData<string, byte[]> Refused() => new()
    {
        { "image-empty", [] },
        { "image-type-unknown", "GIF89a and so on"u8.ToArray() },
        { "image-type-unknown", "<svg onload=alert(1)>"u8.ToArray() },
        { "image-truncated", [0xFF, 0xD8, 0xFF] },
        { "image-corrupt", [0xFF, 0xD8, 0xFF, 0xD9] },
        { "image-corrupt", TinyImages.Jpeg(before: [[0xFF, 0xD8]]) },
        { "image-corrupt", TinyImages.Jpeg(before: [TinyImages.Frame(16, 16)]) },
        { "image-corrupt", TinyImages.Jpeg(before: [[1, 2, 3]]) },
        { "image-corrupt", TinyImages.Jpeg(before: [TinyImages.Segment(0xC4, [0x00, 3, .. new byte[15], 0, 1, 2])]) },
        { "image-corrupt", TinyImages.Jpeg(before: [TinyImages.Segment(0xDB, [0x20, .. new byte[64]])]) },
        { "image-corrupt", TinyImages.Jpeg(components: 2) },
        { "image-corrupt", TinyImages.Jpeg(0, 16) },
        { "image-unsupported", TinyImages.Jpeg(frame: 0xC9) },
        { "image-unsupported", TinyImages.Jpeg(frame: 0xC3) },
        { "image-too-many-pixels", [0xFF, 0xD8, .. TinyImages.Frame(65535, 65535), 0xFF, 0xD9] },
        { "image-too-many-pixels", [0xFF, 0xD8, .. TinyImages.Frame(20000, 20000), 0xFF, 0xD9] },
        { "image-too-many-scans", TinyImages.ProgressiveJpeg(acScans: 200) },
        { "image-truncated", TinyImages.Png()[..30] },
        { "image-corrupt", Flipped(TinyImages.Png(), 20) },
        { "image-corrupt", TinyImages.Png(raw: [9, .. new byte[51]]) },
        { "image-truncated", TinyImages.Png(raw: new byte[51]) },
        { "image-corrupt", TinyImages.Png(raw: new byte[53]) },
        { "image-corrupt", TinyImages.Png(packed: [.. TinyImages.Pack(new byte[52]), .. SecretBytes]) },
        { "image-corrupt", TinyImages.Png(packed: [.. TinyImages.Pack(new byte[52]), 0]) },
        { "image-corrupt", TinyImages.Png(packed: [.. TinyImages.Pack(new byte[52]), .. new byte[70_000]]) },
        { "image-truncated", TinyImages.Png(packed: TinyImages.Pack(new byte[52])[..^4]) },
        { "image-corrupt", TinyImages.Png(packed: [1, 2, 3, 4, 5, 6, 7, 8]) },
        { "image-corrupt", TinyImages.Png(between: [TinyImages.Chunk("tEXt", SecretBytes)]) },
        { "image-corrupt", TinyImages.Png(before: [TinyImages.Chunk("CRIT", [])]) },
        { "image-corrupt", TinyImages.Png(colour: 3) },
        { "image-corrupt", TinyImages.Png(colour: 0, before: [TinyImages.Chunk("PLTE", [1, 2, 3])]) },
        { "image-animated", TinyImages.Png(before: [TinyImages.Chunk("acTL", new byte[8])]) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_read_is_refused_with_its_reason(string code, byte[] file)
    {
        var problem = CleanImage.Read(file).Problem;
        Assert.Equal(code, problem?.Code);
        Assert.EndsWith(".", problem!.Detail, StringComparison.Ordinal);
    }

    private static byte[] Flipped(byte[] file, int at)
    {
        file[at] ^= 1;
        return file;
    }

    private static CleanImage Taken(byte[] file)
    {
        Result<CleanImage> result = CleanImage.Read(file);
        Assert.Null(result.Problem);
        return result.Value!;
    }

    private static byte[] Bytes(CleanImage image) => [.. image.Pieces.SelectMany(piece => piece.ToArray())];
}
