namespace Trove.Grains.Records;

/// <summary>Names of the record stores. The grains know no more of storage than these.</summary>
public static class TroveStores
{
    /// <summary>Small records, rewritten often: tasks, pools, contributors, projects.</summary>
    public const string Records = "records";

    /// <summary>Large records, written once: definitions, result segments, ledger pages.</summary>
    public const string Bulk = "bulk";

    /// <summary>
    /// Records of persons, made to be erased: what is cleared or overwritten here is gone from the disk once an erasure has completed. That goes for the
    /// record, not for its key, so a key says nothing about the person. Costs some 5 KB on disk per record.
    /// </summary>
    public const string Personal = "personal";
}
