using System.Text;

namespace Trove.Grains.Records;

/// <summary>How the body of a record is written.</summary>
public enum RecordForm
{
    /// <summary>Fields in their order, compact.</summary>
    Binary = 1,

    /// <summary>One JSON object in UTF-8.</summary>
    Json = 2,
}

/// <summary>What stands before each record's body: <c>T</c>, the form, the kind behind its length, the version.</summary>
/// <param name="Form">How the body is written.</param>
/// <param name="Kind">What kind of record it is.</param>
/// <param name="Version">Version of that kind, from 1.</param>
/// <param name="Length">Bytes of the header; the body begins there.</param>
public readonly record struct RecordHeader(RecordForm Form, string Kind, byte Version, int Length)
{
    private const byte Magic = (byte)'T';

    /// <summary>Reads the header of any record, for tools that don't know the kind beforehand.</summary>
    /// <exception cref="RecordDamagedException">There is no header.</exception>
    public static RecordHeader Read(ReadOnlySpan<byte> bytes)
    {
        var r = new RecordReader("record", bytes);
        if (r.Byte() != Magic)
        {
            throw r.Damaged("it does not begin with the mark of a record");
        }

        var form = r.Enum<RecordForm>();
        var kind = Encoding.ASCII.GetString(r.Raw(r.Byte()));
        var version = r.Byte();
        return version > 0 ? new RecordHeader(form, kind, version, r.Offset) : throw r.Damaged("versions begin at 1");
    }

    /// <summary>Writes the header of a record of type <typeparamref name="T"/>.</summary>
    internal static void Write<T>(ref RecordWriter w, RecordForm form)
        where T : IRecord
    {
        w.Byte(Magic);
        w.Enum(form);
        w.Text(T.RecordKind);
        w.Byte(T.RecordVersion);
    }

    /// <summary>Checks that the bytes are a record of type <typeparamref name="T"/> that this build can read; returns its version and where the body begins.</summary>
    internal static RecordHeader Check<T>(ReadOnlySpan<byte> bytes, RecordForm form)
        where T : IRecord
    {
        var header = Read(bytes);
        if (header.Kind != T.RecordKind || header.Form != form)
        {
            throw new RecordDamagedException(T.RecordKind, 0, $"it is a record '{header.Kind}' in the form {header.Form}");
        }

        return header.Version <= T.RecordVersion
            ? header
            : throw new RecordTooNewException(header.Kind, header.Version, T.RecordVersion);
    }
}
