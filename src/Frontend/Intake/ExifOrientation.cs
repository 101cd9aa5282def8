using System.Buffers.Binary;

namespace Trove.Frontend.Intake;

/// <summary>Reads the one field of EXIF that is kept. Anything odd reads as 1, upright: broken metadata is no reason to refuse sound pixels.</summary>
internal static class ExifOrientation
{
    public const int Upright = 1;
    private const ushort Tag = 0x0112;
    private const ushort Short = 3;

    /// <summary>The orientation that a TIFF block states, 1 to 8.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
        {
            return Upright;
        }

        var little = tiff[0] == (byte)'I';
        if ((!little && tiff[0] != (byte)'M') || tiff[1] != tiff[0] || UInt16(tiff[2..], little) != 42)
        {
            return Upright;
        }

        var directory = UInt32(tiff[4..], little);
        if (directory > (uint)tiff.Length - 2)
        {
            return Upright;
        }

        var entries = tiff[(int)directory..];
        var count = UInt16(entries, little);
        entries = entries[2..];
        for (var i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            if (UInt16(entries, little) == Tag)
            {
                var value = UInt16(entries[8..], little);
                return UInt16(entries[2..], little) == Short && value is >= 1 and <= 8 ? value : Upright;
            }
        }

        return Upright;
    }

    private static ushort UInt16(ReadOnlySpan<byte> at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

    private static uint UInt32(ReadOnlySpan<byte> at, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
}
