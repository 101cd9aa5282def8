using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>
/// How many letters of one kind others can make Trove write to an address. What goes beyond is not done at all, and looks as if it were: neither is an inbox flooded, nor does
/// the code that came become worthless by those after it. Kinds count apart, so that who uses up one keeps nobody from choosing a new password.
/// </summary>
internal sealed class LetterLimit(EmailKeys emails, TimeProvider clock)
{
    /// <summary>More: whoever mistypes has more tries, and who bothers somebody, too.</summary>
    public const int PerHour = 5;

    /// <summary>Bounds the memory. Who gets here has sent as many letters.</summary>
    private const int MostCounted = 100_000;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Email, string Kind), int> _sent = [];
    private DateTimeOffset _begun;

    /// <summary>Counts a letter; false when it is one too many.</summary>
    public bool Takes(string address, string kind)
    {
        var key = (emails.Of(address), kind);
        lock (_gate)
        {
            if (clock.GetUtcNow() - _begun >= Hour || _sent.Count >= MostCounted)
            {
                _sent.Clear();
                _begun = clock.GetUtcNow();
            }

            var sent = _sent.GetValueOrDefault(key);
            _sent[key] = Math.Min(sent + 1, PerHour);
            return sent < PerHour;
        }
    }
}
