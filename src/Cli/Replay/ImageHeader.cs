using System.Buffers.Binary;

namespace Trove.Cli.Replay;

/// <summary>Reads the pixel size from the head of a JPEG or PNG, as a viewer would before it shows anything.</summary>
internal static class ImageHeader
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Width and height, or null when the bytes are neither.</summary>
    public static (int Width, int Height)? Read(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when bytes.StartsWith(PngSignature) && bytes.Length >= 24 =>
            (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..])),
        [0xFF, 0xD8, .. var segments] => ReadJpeg(segments),
        _ => null,
    };

    private static (int Width, int Height)? ReadJpeg(ReadOnlySpan<byte> rest)
    {
        while (rest.Length >= 9 && rest[0] == 0xFF)
        {
            var marker = rest[1];
            if (marker == 0xFF)
            {
                rest = rest[1..];
                continue;
            }

            // Frame headers are C0 to CF, except the tables C4 and CC and the extension C8.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(rest[7..]), BinaryPrimitives.ReadUInt16BigEndian(rest[5..]));
            }

            var length = 2 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            rest = length <= rest.Length ? rest[length..] : [];
        }

        return null;
    }
}
