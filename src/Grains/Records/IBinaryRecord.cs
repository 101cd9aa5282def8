namespace Trove.Grains.Records;

/// <summary>A type that is kept as a record under its own name and version.</summary>
internal interface IRecord
{
    /// <summary>Name in the header, lower case ASCII, at most 32 characters; never changed, never used for another type.</summary>
    static abstract string RecordKind { get; }

    /// <summary>Version that is written, from 1. Fields are only appended, each under a higher version, and never change their meaning.</summary>
    static abstract byte RecordVersion { get; }
}

/// <summary>A record in compact binary form. One that is not binary is kept as JSON and is listed in <see cref="RecordJson"/>.</summary>
internal interface IBinaryRecord<TSelf> : IRecord
    where TSelf : IBinaryRecord<TSelf>
{
    /// <summary>Writes the fields of the newest version, in their order. Runs in one turn, so that it never sees a half-made change.</summary>
    void Write(ref RecordWriter w);

    /// <summary>Reads the fields of <paramref name="version"/>; those of later versions take their defaults.</summary>
    static abstract TSelf Read(ref RecordReader r, byte version);
}
