using Trove.Contracts.Contributors;
using Trove.Grains.Contributors;
using Trove.Silo.Records;

namespace Trove.Silo.Audit;

/// <summary>Reads contributors one at a time, and their ledgers a page at a time.</summary>
internal sealed class LedgerReader(AuditFile file)
{
    /// <summary>Every contributor with a record; a null record can't be read.</summary>
    public IEnumerable<(string Contributor, ContributorHot? Record)> Contributors()
    {
        foreach (var row in file.Rows(RecordTable.Records, "contributor/", "contributor0")) // '0' is the character after '/'
        {
            if (row.Key.EndsWith("#contributor", StringComparison.Ordinal) && AuditFile.TryParse(row.Key, key => key, out var contributor))
            {
                yield return (contributor, file.Decode<ContributorHot>(row));
            }
        }
    }

    /// <summary>One contributor's record, or null.</summary>
    public ContributorHot? Find(string contributor) =>
        file.Find(RecordTable.Records, RecordKey.Of("contributor", contributor, "contributor")) is { } row ? file.Decode<ContributorHot>(row) : null;

    /// <summary>The stored pages of a ledger, in order of number; null where a page can't be read.</summary>
    public IEnumerable<(string Name, LedgerPage? Page)> Pages(string contributor)
    {
        var prefix = RecordKey.Prefix("contributor", contributor);
        foreach (var row in file.Rows(RecordTable.Bulk, prefix + "#ledger-", prefix + "#ledger."))
        {
            yield return (RecordKey.Parse(row.Key).StateName, file.Decode<LedgerPage>(row));
        }
    }

    /// <summary>Every entry of a ledger whose pages are sound.</summary>
    public IEnumerable<LedgerEntry> Entries(string contributor, Wallet wallet) =>
        Pages(contributor).Where(page => page.Page!.Number < wallet.Pages).SelectMany(page => page.Page!.Entries).Concat(wallet.Tail);
}
