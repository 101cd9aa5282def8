using System.Collections.Immutable;
using System.Globalization;

namespace Trove.Contracts.Auditing;

/// <summary>Keys of <see cref="IAuditLogGrain"/>.</summary>
public static class AuditLogs
{
    private const string MonthPrefix = "all/";
    private const string AccountPrefix = "account/";

    /// <summary>The log of everything in the month of a moment, by UTC.</summary>
    public static string Month(DateTimeOffset at) => MonthPrefix + at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>The log of an account; also what an act on an account has as its target.</summary>
    public static string Account(string account) => AccountPrefix + account;

    /// <summary>Whether a key, or the target of an act, is an account.</summary>
    public static bool IsAccount(string key) =>
        key.StartsWith(AccountPrefix, StringComparison.Ordinal) && Keys.IsValid(key[AccountPrefix.Length..]);

    /// <summary>Where an act belongs: its month, the account that acted, and the account that it was done to.</summary>
    public static ImmutableArray<string> Of(AuditEntry entry)
    {
        var logs = ImmutableArray.Create(Month(entry.At));
        if (entry.By.Account != Actor.System && Keys.IsValid(entry.By.Account))
        {
            logs = logs.Add(Account(entry.By.Account));
        }

        return IsAccount(entry.Target) && !logs.Contains(entry.Target) ? logs.Add(entry.Target) : logs;
    }

    /// <summary>The act as it stands in one of its logs. A person reads who did something to them, and not with which key or from which network: that is the other's own.</summary>
    public static AuditEntry Seen(AuditEntry entry, string log) =>
        IsAccount(log) && log != Account(entry.By.Account) ? entry with { By = new Actor(entry.By.Account) } : entry;
}
