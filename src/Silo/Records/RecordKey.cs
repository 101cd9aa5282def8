using System.Globalization;
using System.Runtime.CompilerServices;

namespace Trove.Silo.Records;

/// <summary>
/// The key of a record in the file: <c>grainType/key#state</c>, ordered so that what is touched together lies together.
/// Each part of the grain's key (between slashes) that is a number of up to nine digits is written with its length in front,
/// <c>12</c> as <c>2:12</c>: text order is then number order, and a page's records are neighbours
/// (<c>task/p1/label/7#state</c> is stored as <c>task/p1/label/1:7#state</c>, before <c>…/2:12#state</c>).
/// Neither <c>:</c> nor <c>#</c> belongs to the alphabet of keys, so that the encoding is one to one and can be read back.
/// </summary>
public static class RecordKey
{
    private const int MaxDigits = 9;

    /// <summary>The file's key of one state of a grain.</summary>
    /// <exception cref="ArgumentException">A part holds <c>:</c> or <c>#</c>.</exception>
    public static string Of(string grainType, string grainKey, string stateName)
    {
        Refuse(stateName);
        return string.Concat(Prefix(grainType, grainKey), "#", stateName);
    }

    /// <summary>
    /// What the file's keys of all grains below <paramref name="keyPrefix"/> start with. The prefix ends after a whole part:
    /// <c>p1/label/</c> finds every task of that kind, <c>p1/label/1</c> would find the task 1 only.
    /// </summary>
    public static string Prefix(string grainType, string keyPrefix)
    {
        Refuse(grainType);
        Refuse(keyPrefix);
        Span<char> text = stackalloc char[128];
        var key = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, text);
        key.AppendFormatted(grainType);
        foreach (var range in keyPrefix.AsSpan().Split('/'))
        {
            var part = keyPrefix.AsSpan(range);
            key.AppendLiteral("/");
            if (IsNumber(part))
            {
                key.AppendFormatted(part.Length);
                key.AppendLiteral(":");
            }

            key.AppendFormatted(part);
        }

        return key.ToStringAndClear();
    }

    /// <summary>Reads a key of the file back.</summary>
    /// <exception cref="FormatException">Not a key of the file.</exception>
    public static (string GrainType, string GrainKey, string StateName) Parse(string fileKey)
    {
        var slash = fileKey.IndexOf('/', StringComparison.Ordinal);
        var hash = fileKey.LastIndexOf('#');
        if (slash < 0 || hash < slash) throw new FormatException($"'{fileKey}' is not a record's key.");
        var parts = fileKey[(slash + 1)..hash].Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is [>= '1' and <= '9', ':', ..]) parts[i] = parts[i][2..];
        }

        return (fileKey[..slash], string.Join('/', parts), fileKey[(hash + 1)..]);
    }

    // A leading zero would make two spellings of one number: such a part stays text.
    private static bool IsNumber(ReadOnlySpan<char> part) =>
        part.Length is > 0 and <= MaxDigits && !part.ContainsAnyExceptInRange('0', '9') && (part.Length == 1 || part[0] != '0');

    private static void Refuse(string part)
    {
        if (part.AsSpan().ContainsAny(':', '#'))
            throw new ArgumentException($"'{part}' can't be part of a record's key: ':' and '#' separate its parts.", nameof(part));
    }
}
