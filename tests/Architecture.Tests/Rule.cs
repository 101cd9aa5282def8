namespace Trove.Architecture.Tests;

/// <summary>
/// A rule of the house: it looks at things and says in a sentence each what is wrong with them. A rule that can find nothing holds nothing, so each
/// is held against the house and, in the same test, against something made wrong for the purpose.
/// </summary>
internal static class Rule
{
    /// <param name="breaches">Says what is wrong.</param>
    /// <param name="house">What the rule is held on.</param>
    /// <param name="wrong">What the rule must object to.</param>
    /// <param name="remedy">What to do about a breach.</param>
    public static void Holds<T>(Func<IEnumerable<T>, IEnumerable<string>> breaches, IEnumerable<T> house, IReadOnlyList<T> wrong, string remedy)
    {
        var things = house.ToList();
        Assert.NotEmpty(things);
        var found = breaches(things).ToList();
        Assert.True(found.Count == 0, $"{remedy}{string.Concat(found.Select(breach => $"{Environment.NewLine}  - {breach}"))}");
        Assert.True(breaches(wrong).Any(), $"The rule has no objection to {string.Join(" and ", wrong)}: it would never fail.");
    }
}
