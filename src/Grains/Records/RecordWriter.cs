using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Trove.Grains.Records;

/// <summary>Writes the fields of a record into a pooled buffer. Dispose it, or the buffer is lost to the pool.</summary>
internal ref struct RecordWriter(int capacity)
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    /// <summary>Room for a hot record.</summary>
    public RecordWriter()
        : this(512)
    {
    }

    /// <summary>Bytes written so far.</summary>
    public readonly int Length => _length;

    /// <summary>What is written so far; valid until the next write.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>A whole number from 0: 7 bits a byte, least significant first (LEB128), so small numbers take one byte.</summary>
    public void Unsigned(ulong value)
    {
        var span = Room(10);
        var i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[i++] = (byte)(value | 0x80);
        }

        span[i++] = (byte)value;
        _length += i;
    }

    /// <summary>A count or an index, from 0.</summary>
    public void Count(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Unsigned((ulong)value);
    }

    /// <summary>A whole number of either sign, folded so that small ones take one byte.</summary>
    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>One byte.</summary>
    public void Byte(byte value)
    {
        Room(1)[0] = value;
        _length++;
    }

    /// <summary>Yes or no.</summary>
    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Eight bytes, exact.</summary>
    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
        _length += sizeof(double);
    }

    /// <summary>Four bytes, exact.</summary>
    public void Float(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(Room(sizeof(float)), value);
        _length += sizeof(float);
    }

    /// <summary>A named value, by its number: names may change, numbers may not.</summary>
    public void Enum<T>(T value)
        where T : struct, Enum
    {
        // Every enum of a record has int beneath it; a cast of another size throws.
        Count(Unsafe.BitCast<T, int>(value));
    }

    /// <summary>A moment to the tick, as UTC.</summary>
    public void Time(DateTimeOffset value) => Unsigned((ulong)value.UtcTicks);

    /// <summary>Text in UTF-8 behind its length.</summary>
    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Count(length);
        Encoding.UTF8.GetBytes(value, Room(length));
        _length += length;
    }

    /// <summary>Text that may be missing.</summary>
    public void OptionalText(string? value)
    {
        Bool(value is not null);
        if (value is not null)
        {
            Text(value);
        }
    }

    /// <summary>Bytes behind their length.</summary>
    public void Bytes(scoped ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        Raw(value);
    }

    /// <summary>Bytes without their length, for what a reader knows the length of.</summary>
    public void Raw(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(Room(value.Length));
        _length += value.Length;
    }

    /// <summary>A copy of what is written.</summary>
    public readonly byte[] ToArray() => Written.ToArray();

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Span<byte> Room(int more)
    {
        if (_buffer.Length - _length < more)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, 2 * _buffer.Length));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }
}
