using System.Buffers.Binary;

namespace Trove.Frontend.Intake;

/// <summary>Which quantisation and Huffman tables have been defined so far, each checked for sense.</summary>
internal sealed class JpegTables
{
    private int _quantisation, _dc, _ac;

    public bool HasQuantisation(int id) => (_quantisation & (1 << id)) != 0;

    public bool HasDc(int id) => (_dc & (1 << id)) != 0;

    public bool HasAc(int id) => (_ac & (1 << id)) != 0;

    public void Quantisation(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            int precision = body[0] >> 4, id = body[0] & 15, size = 1 + (64 << precision);
            if (precision > 1 || id > 3 || body.Length < size)
            {
                throw RefusedImage.Corrupt("a quantisation table is malformed");
            }

            _quantisation |= 1 << id;
            body = body[size..];
        }
    }

    public void Huffman(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            int kind = body[0] >> 4, id = body[0] & 15;
            if (kind > 1 || id > 3 || body.Length < 17)
            {
                throw RefusedImage.Corrupt("a Huffman table is malformed");
            }

            // A code of n bits takes 2^(16-n) of the 2^16 leaves; the all-ones code stays unused (C.2).
            int codes = 0, leaves = 0;
            for (var bits = 1; bits <= 16; bits++)
            {
                codes += body[bits];
                leaves += body[bits] << (16 - bits);
            }

            if (codes is 0 or > 256 || leaves > 65536 || body.Length < 17 + codes)
            {
                throw RefusedImage.Corrupt("a Huffman table is malformed");
            }

            if (kind == 0)
            {
                _dc |= 1 << id;
            }
            else
            {
                _ac |= 1 << id;
            }

            body = body[(17 + codes)..];
        }
    }
}

/// <summary>A frame header (B.2.2) and what its scans have delivered.</summary>
internal sealed class JpegFrame
{
    private readonly bool _progressive;
    private readonly Component[] _components;
    private readonly int _widest, _highest;
    private long _leastBits;

    private JpegFrame(int width, int height, Component[] components, bool progressive)
    {
        Width = width;
        Height = height;
        _components = components;
        _progressive = progressive;
        _widest = components.Max(component => component.Across);
        _highest = components.Max(component => component.Down);
    }

    public int Width { get; }

    public int Height { get; }

    public static JpegFrame Read(ReadOnlySpan<byte> body, bool progressive)
    {
        if (body.Length < 6 || body.Length != 6 + (3 * body[5]))
        {
            throw RefusedImage.Corrupt("the frame header is malformed");
        }

        if (body[0] != 8)
        {
            throw RefusedImage.Unsupported($"The JPEG has {body[0]} bits a sample instead of 8");
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        RefusedImage.CheckSize(width, height);
        if (body[5] is not (1 or 3 or 4))
        {
            throw RefusedImage.Corrupt($"the frame has {body[5]} colour components");
        }

        var components = new Component[body[5]];
        for (var i = 0; i < components.Length; i++)
        {
            var at = body.Slice(6 + (3 * i), 3);
            var component = new Component(at[0], at[1] >> 4, at[1] & 15, at[2]);
            if (component.Across is < 1 or > 4 || component.Down is < 1 or > 4 || component.Table > 3 || components.Any(other => other?.Id == component.Id))
            {
                throw RefusedImage.Corrupt("a colour component is malformed");
            }

            components[i] = component;
        }

        return new JpegFrame(width, height, components, progressive);
    }

    /// <summary>Checks a scan header (B.2.3) against the frame and the tables it asks for.</summary>
    public void Scan(ReadOnlySpan<byte> header, JpegTables tables)
    {
        if (header.Length < 1 || header[0] is < 1 or > 4 || header.Length != 4 + (2 * header[0]))
        {
            throw RefusedImage.Corrupt("a scan header is malformed");
        }

        int count = header[0], first = header[^3], last = header[^2], high = header[^1] >> 4, low = header[^1] & 15;
        var sequentialAsItMust = _progressive || (first == 0 && last == 63 && high == 0 && low == 0);
        var progressiveAsItMust = !_progressive || (last <= 63 && low <= 13 && (high == 0 || high == low + 1) && (first == 0 ? last == 0 : last >= first && count == 1));
        if (!sequentialAsItMust || !progressiveAsItMust)
        {
            throw RefusedImage.Corrupt("a scan header is malformed");
        }

        _leastBits = 0;
        for (var i = 0; i < count; i++)
        {
            int id = header[1 + (2 * i)], dc = header[2 + (2 * i)] >> 4, ac = header[2 + (2 * i)] & 15;
            var component = Array.Find(_components, component => component.Id == id) ?? throw RefusedImage.Corrupt("a scan names a component that is not there");
            var needsDc = first == 0 && high == 0;
            var needsAc = last > 0;
            if (!tables.HasQuantisation(component.Table) || dc > 3 || ac > 3 || (needsDc && !tables.HasDc(dc)) || (needsAc && !tables.HasAc(ac)))
            {
                throw RefusedImage.Corrupt("a scan needs a table that is not there");
            }

            if (first == 0 && high == 0)
            {
                if (component.Begun)
                {
                    throw RefusedImage.Corrupt("a component comes twice");
                }

                component.Begun = true;
            }

            // A block takes a bit for its DC code at least, and in sequential mode one for its end; end-of-band runs make later progressive scans as short as they like.
            _leastBits += first > 0 ? 0 : Blocks(component) * (_progressive ? 1 : 2);
        }
    }

    /// <summary>The coded data of the scan just begun is so many bytes long.</summary>
    public void Entropy(long bytes)
    {
        if (bytes == 0 || bytes * 8 < _leastBits)
        {
            throw RefusedImage.Truncated();
        }
    }

    public void MustBeComplete()
    {
        if (!Array.TrueForAll(_components, component => component.Begun))
        {
            throw RefusedImage.Truncated();
        }
    }

    private long Blocks(Component component)
    {
        long across = Up(Up(Width * component.Across, _widest), 8), down = Up(Up(Height * component.Down, _highest), 8);
        return across * down;

        static long Up(long value, int by) => (value + by - 1) / by;
    }

    private sealed record Component(int Id, int Across, int Down, int Table)
    {
        public bool Begun { get; set; }
    }
}
