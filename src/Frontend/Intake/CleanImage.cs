using Trove.Contracts;

namespace Trove.Frontend.Intake;

/// <summary>The file formats that are taken in.</summary>
internal enum ImageFormat
{
    Jpeg,
    Png,
}

/// <summary>What intake takes at most. A picture beyond these is refused before a pixel is looked at.</summary>
internal static class ImageLimits
{
    public const int Bytes = 25 * 1024 * 1024;
    public const long Pixels = 100_000_000;
    public const int Side = 30_000;
}

/// <summary>
/// A picture without its metadata: pieces of the uploaded bytes, in order, with the few headers that are written anew between them. Pixels are never re-encoded.
/// </summary>
/// <param name="Format">The format.</param>
/// <param name="Width">Stored width in pixels, before the orientation is applied.</param>
/// <param name="Height">Stored height in pixels.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8; it is metadata too, so it is told beside the file.</param>
/// <param name="Pieces">The file.</param>
internal sealed record CleanImage(ImageFormat Format, int Width, int Height, int Orientation, IReadOnlyList<ReadOnlyMemory<byte>> Pieces)
{
    /// <summary>Reads a picture and leaves out what is not needed to show it.</summary>
    public static Result<CleanImage> Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length == 0)
        {
            return new Problem("image-empty", "The file is empty. Send the bytes of a JPEG or PNG picture.");
        }

        if (file.Length > ImageLimits.Bytes)
        {
            return RefusedImage.TooLarge;
        }

        try
        {
            return JpegFile.IsOne(file.Span) ? JpegFile.Read(file)
                : PngFile.IsOne(file.Span) ? PngFile.Read(file)
                : new Problem("image-type-unknown", "The file is neither JPEG nor PNG, whatever its name says. Convert it to one of them.");
        }
        catch (RefusedImage refused)
        {
            return refused.Problem;
        }
    }
}

/// <summary>A reason to refuse a picture. It never leaves this room: parsers throw it from any depth, <see cref="CleanImage.Read"/> turns it into a value.</summary>
internal sealed class RefusedImage(string code, string detail) : Exception(detail)
{
    public static readonly Problem TooLarge = new("image-too-large", $"The file is larger than {ImageLimits.Bytes / (1024 * 1024)} MB. Save it smaller.");

    public Problem Problem { get; } = new(code, detail);

    public static RefusedImage Truncated() => new("image-truncated", "The file ends before the picture does. Send the whole file.");

    public static RefusedImage Corrupt(string what) => new("image-corrupt", $"The file is damaged: {what}. Save the picture again with another program.");

    public static RefusedImage Unsupported(string what) => new("image-unsupported", $"{what}. Save it as an ordinary JPEG or PNG.");

    public static void CheckSize(long width, long height)
    {
        if (width == 0 || height == 0)
        {
            throw Corrupt("the picture has no pixels");
        }

        if (width > ImageLimits.Side || height > ImageLimits.Side || width * height > ImageLimits.Pixels)
        {
            throw new RefusedImage(
                "image-too-many-pixels",
                $"The picture has {width} x {height} pixels; at most {ImageLimits.Side} a side and {ImageLimits.Pixels / 1_000_000} million in all are taken. Make it smaller.");
        }
    }
}
