using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Trove.Grains.Records;

/// <summary>Reads what <see cref="RecordWriter"/> wrote. Every length is checked before it is believed.</summary>
internal ref struct RecordReader(string kind, ReadOnlySpan<byte> bytes)
{
    // Malformed text must fail, not turn into replacement characters.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _kind = kind;
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _offset;

    /// <summary>Bytes read so far.</summary>
    public readonly int Offset => _offset;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Left => _bytes.Length - _offset;

    /// <inheritdoc cref="RecordWriter.Unsigned"/>
    public ulong Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Byte();
            if (shift == 63 && b > 1)
            {
                break;
            }

            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Damaged("a number is too long");
    }

    /// <inheritdoc cref="RecordWriter.Count"/>
    public int Count()
    {
        var value = Unsigned();
        return value <= int.MaxValue ? (int)value : throw Damaged($"{value} is no count");
    }

    /// <summary>A count of things that follow, each of at least <paramref name="size"/> bytes: never more than there is room for, so a damaged count can't ask for memory.</summary>
    public int CountOf(int size = 1)
    {
        var value = Count();
        return (long)value * size <= Left ? value : throw Damaged($"{value} things are announced, {Left} bytes are left");
    }

    /// <inheritdoc cref="RecordWriter.Signed"/>
    public long Signed()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <inheritdoc cref="RecordWriter.Byte"/>
    public byte Byte() => Raw(1)[0];

    /// <inheritdoc cref="RecordWriter.Bool"/>
    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw Damaged($"{other} is neither yes nor no"),
    };

    /// <inheritdoc cref="RecordWriter.Double"/>
    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Raw(sizeof(double)));

    /// <inheritdoc cref="RecordWriter.Float"/>
    public float Float() => BinaryPrimitives.ReadSingleLittleEndian(Raw(sizeof(float)));

    /// <inheritdoc cref="RecordWriter.Enum"/>
    public T Enum<T>()
        where T : struct, Enum
    {
        var number = Count();
        var value = Unsafe.BitCast<int, T>(number);
        return System.Enum.IsDefined(value) ? value : throw Damaged($"{typeof(T).Name} has no {number}");
    }

    /// <inheritdoc cref="RecordWriter.Time"/>
    public DateTimeOffset Time()
    {
        var ticks = Unsigned();
        return ticks <= (ulong)DateTimeOffset.MaxValue.UtcTicks
            ? new DateTimeOffset((long)ticks, TimeSpan.Zero)
            : throw Damaged($"{ticks} is no moment");
    }

    /// <inheritdoc cref="RecordWriter.Text"/>
    public string Text()
    {
        var text = Bytes();
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("text is not UTF-8");
        }
    }

    /// <inheritdoc cref="RecordWriter.OptionalText"/>
    public string? OptionalText() => Bool() ? Text() : null;

    /// <inheritdoc cref="RecordWriter.Bytes"/>
    public ReadOnlySpan<byte> Bytes() => Raw(CountOf());

    /// <inheritdoc cref="RecordWriter.Raw"/>
    public ReadOnlySpan<byte> Raw(int length)
    {
        if ((uint)length > (uint)Left)
        {
            throw Damaged($"it ends {length - Left} bytes too early");
        }

        var slice = _bytes.Slice(_offset, length);
        _offset += length;
        return slice;
    }

    /// <summary>Everything must have been read: what is left over means that writer and reader disagree.</summary>
    public readonly void End()
    {
        if (Left != 0)
        {
            throw Damaged($"{Left} bytes are left over");
        }
    }

    /// <summary>The exception for a value that can't be, at this place.</summary>
    public readonly RecordDamagedException Damaged(string reason) => new(_kind, _offset, reason);
}
