namespace Trove.Grains.Accounts;

/// <summary>Knobs of all accounts.</summary>
public sealed class AccountOptions
{
    /// <summary>Attempts in a row to prove who one is, before the account is locked. More: easier for who forgets, and for who guesses.</summary>
    public int Attempts { get; init; } = 10;

    /// <summary>A row of attempts that began longer ago is forgotten.</summary>
    public TimeSpan AttemptWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a locked account judges nothing. Longer: slower guessing, and an easier way to keep somebody else out.</summary>
    public TimeSpan Lock { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Sessions ended one by one that are remembered between two changes of the stamp; the next one ends all.</summary>
    public int EndedSessions { get; init; } = 100;

    /// <summary>How long an address stays claimed by an account that does not have it. Must be longer than any sign-up takes.</summary>
    public TimeSpan ClaimLasts { get; init; } = TimeSpan.FromMinutes(10);
}
