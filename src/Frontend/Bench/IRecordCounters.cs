namespace Trove.Frontend.Bench;

/// <summary>What the records' writer has done since the start. The host registers one when it has a writer; benches read it.</summary>
public interface IRecordCounters
{
    /// <summary>Records written.</summary>
    long Records { get; }

    /// <summary>Their bytes.</summary>
    long Bytes { get; }

    /// <summary>Commits, each of which synced the disk.</summary>
    long Commits { get; }
}
