namespace Trove.Grains.Records;

/// <summary>Names of the two record stores. The grains know no more of storage than these.</summary>
public static class TroveStores
{
    /// <summary>Small records, rewritten often: tasks, pools, contributors, projects.</summary>
    public const string Records = "records";

    /// <summary>Large records, written once: definitions, result segments, ledger pages.</summary>
    public const string Bulk = "bulk";
}
