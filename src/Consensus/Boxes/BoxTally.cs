namespace Trove.Consensus;

/// <summary>A contributor's hits, misses and false marks, in expectation.</summary>
internal readonly record struct BoxTally(double Hits, double Misses, double FalseMarks, double Overlaps)
{
    public BoxTally Marked(double existence, double overlap) =>
        this with { Hits = Hits + existence, FalseMarks = FalseMarks + 1 - existence, Overlaps = Overlaps + existence * overlap };

    public BoxTally Missed(double existence) => this with { Misses = Misses + existence };

    /// <summary>The same shares, of this many boxes in all.</summary>
    public BoxTally Scaled(double boxes)
    {
        double all = Hits + Misses + FalseMarks, scale = all > 0 ? boxes / all : 0;
        return new BoxTally(Hits * scale, Misses * scale, FalseMarks * scale, Overlaps * scale);
    }

    public BoxContributor Of(BoxSkill skill) => new(
        skill,
        Quality: Share(Overlaps, Hits + (Misses + FalseMarks) / 2),
        Recall: Share(Hits, Hits + Misses),
        Precision: Share(Hits, Hits + FalseMarks),
        Overlap: Share(Overlaps, Hits));

    public static BoxTally operator +(BoxTally a, BoxTally b) =>
        new(a.Hits + b.Hits, a.Misses + b.Misses, a.FalseMarks + b.FalseMarks, a.Overlaps + b.Overlaps);

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
