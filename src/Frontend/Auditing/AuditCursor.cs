using System.Globalization;

namespace Trove.Frontend.Auditing;

/// <summary>Where a search across months goes on: a month, and a place in its log. Written <c>2026-11</c> or <c>2026-11.1234</c>.</summary>
/// <param name="Month">First day of the month, UTC.</param>
/// <param name="Place">Cursor of the month's log; null = its newest entry.</param>
internal readonly record struct AuditCursor(DateTimeOffset Month, string? Place)
{
    private const string Form = "yyyy-MM";

    /// <summary>The newest entry of a moment's month.</summary>
    public static AuditCursor At(DateTimeOffset at) => new(new DateTimeOffset(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero), null);

    /// <summary>The newest entry of the month before.</summary>
    public AuditCursor Before => new(Month.AddMonths(-1), null);

    public static bool TryParse(string text, out AuditCursor cursor)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var place = dot < 0 ? null : text[(dot + 1)..];
        var read = DateTimeOffset.TryParseExact(
            dot < 0 ? text : text[..dot], Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var month);
        cursor = new AuditCursor(month, place);
        return read && (place is null || IsPlace(place));
    }

    /// <summary>Whether a text can be a place in one log.</summary>
    public static bool IsPlace(string text) => text.Length is > 0 and <= 18 && text.All(char.IsAsciiDigit);

    public override string ToString() => Month.ToString(Form, CultureInfo.InvariantCulture) + (Place is null ? "" : $".{Place}");
}
