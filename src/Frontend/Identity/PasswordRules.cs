using Zxcvbn.Matcher;

namespace Trove.Frontend.Identity;

/// <summary>
/// How strong a password must be: hard to guess by the estimate of zxcvbn (Wheeler, USENIX Security 2016), whatever signs it has. Its owner's address and name count as guessed.
/// </summary>
internal static class PasswordRules
{
    public const int MinLength = 10;

    /// <summary>Longer ones are refused, never cut: a cut password would let in who knows its beginning.</summary>
    public const int MaxLength = 128;

    /// <summary>Score of zxcvbn, 0 to 4: 3 is safe against an attack on stolen, slowly hashed passwords.</summary>
    private const int MinScore = 3;

    /// <summary>Characters that are estimated: the time grows with the square of the length, and a strong beginning is strong enough.</summary>
    private const int Estimated = 64;

    /// <summary>Why the length will not do.</summary>
    public static Problem? LengthRefusal(string? password) => password?.Length switch
    {
        null or < MinLength => new Problem("password-weak", $"A password has at least {MinLength} characters. Several words that do not belong together are strong and easy to remember."),
        > MaxLength => new Problem("password-weak", $"A password has at most {MaxLength} characters; nothing of it is cut off."),
        _ => null,
    };

    /// <summary>Why it is too easy to guess, and what would be better. Takes milliseconds: not for the threads of requests.</summary>
    public static Problem? Refusal(string password, IEnumerable<string?> words)
    {
        var known = words.OfType<string>()
            .SelectMany(word => word.Split(['@', '.', ' ', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries).Append(word))
            .Where(word => word.Length > 2)
            .Append("trove")
            .Distinct(StringComparer.OrdinalIgnoreCase);
        var estimate = Zxcvbn.Zxcvbn.MatchPassword(password[..Math.Min(password.Length, Estimated)], known);
        return estimate.Score >= MinScore ? null : new Problem("password-weak", $"This password is easy to guess. {Advice(estimate)}");
    }

    private static string Advice(Zxcvbn.Result estimate)
    {
        var weakest = estimate.MatchSequence.Where(match => match.Pattern != "bruteforce").MaxBy(match => match.Token.Length);
        var why = weakest switch
        {
            DictionaryMatch { DictionaryName: "passwords" } => "It contains one of the most used passwords.",
            DictionaryMatch { DictionaryName: "user_inputs" } => "It contains what others know of you, or the name of this place.",
            DictionaryMatch => "It contains a common word or name; letters replaced by look-alikes do not help.",
            SpatialMatch => "It follows keys that lie side by side.",
            RepeatMatch => "It repeats itself.",
            SequenceMatch => "It counts, or goes through the alphabet.",
            DateMatch => "It contains a date.",
            _ => "It is short for what it is made of.",
        };
        return $"{why} Add a word or two that do not belong together; capitals and signs are not needed.";
    }
}
