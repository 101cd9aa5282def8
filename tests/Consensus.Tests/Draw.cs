using System.Globalization;

namespace Trove.Consensus.Tests;

/// <summary>Seeded draws for the property tests; the seed stands in the test's name when it fails.</summary>
internal static class Draw
{
    public static TheoryData<int> Seeds(int count)
    {
        var seeds = new TheoryData<int>();
        for (int seed = 1; seed <= count; seed++)
        {
            seeds.Add(seed);
        }

        return seeds;
    }

    public static Vote[] Votes(Random random, int classes, int most) =>
        [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => new Vote(random.Next(-1, classes), random.NextDouble()))];

    public static double[] Posterior(ReadOnlySpan<Vote> votes, int classes)
    {
        var posterior = new double[classes];
        Trove.Consensus.Posterior.Compute(votes, classes, posterior);
        return posterior;
    }

    public static void Equal(double[] expected, double[] actual, double within = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= within,
                string.Create(CultureInfo.InvariantCulture, $"at {i}: expected {expected[i]:R}, got {actual[i]:R}"));
        }
    }
}
