namespace Trove.Grains.Refits;

/// <summary>
/// When a re-fit is worth its cost. While the crowd is new each quarter more of answers tells something of it; once it is known, each doubling is
/// enough. Since the waits grow with the answers, all re-fits together read each answer a few times, however large the project grows. When every task
/// is closed, whatever is new is taken in. Pure.
/// </summary>
internal static class RefitSchedule
{
    /// <summary>Answers before the first one: fewer say little of anybody.</summary>
    public const long First = 100;

    /// <summary>With so many answers a crowd is known.</summary>
    public const long Known = 10_000;

    /// <summary>Answers before the first one where it only collects the tags that were decided.</summary>
    public const long FirstOfTags = 10;

    /// <param name="answers">Counted answers now.</param>
    /// <param name="isComplete">Every task is closed.</param>
    /// <param name="fitted">Counted answers when the last one began; 0 before the first.</param>
    /// <param name="first">Answers before the first one.</param>
    public static bool IsDue(long answers, bool isComplete, long fitted, long first = First) =>
        isComplete ? answers > fitted : answers >= Math.Max(first, fitted + (fitted < Known ? fitted / 4 : fitted));
}
