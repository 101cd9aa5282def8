using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>One rating among those of many tasks.</summary>
/// <param name="Task">The task, from 0.</param>
/// <param name="Contributor">The contributor, from 0.</param>
/// <param name="Value">On the scale of the question; ignored when not a finite number.</param>
public readonly record struct RatingAnswer(int Task, int Contributor, double Value);

/// <summary>How a contributor rates.</summary>
/// <param name="Bias">How far above the others, in steps of the scale.</param>
/// <param name="Spread">Mean distance from the consensus once the bias is taken off.</param>
public readonly record struct RatingSkill(double Bias, double Spread);

/// <summary>Ratings of all tasks, and how each contributor rates.</summary>
/// <param name="Tasks">Of each task.</param>
/// <param name="Contributors">Of each contributor.</param>
public sealed record RatingOutcome(ImmutableArray<LeadingRating> Tasks, ImmutableArray<RatingSkill> Contributors);

/// <summary>
/// Ratings of contributors of whom some are strict and some generous, some careful and some not: each task's weighted median of
/// the ratings less their bias, weighted by 1 / spread, in turn with each contributor's bias and spread, both shrunk to the crowd's. The
/// maximum of a likelihood of Laplace errors (a median for each task; compare Raykar et al. 2010, with normal errors).
/// </summary>
public static class RatingCrowd
{
    /// <summary>Answers that the crowd counts for against a contributor's own.</summary>
    private const double Prior = 5;

    /// <summary>Of the crowd's spread: nobody is taken to be steadier, or one contributor who always leads would lead alone.</summary>
    private const double LeastSpread = 0.2;

    private const int Rounds = 20;

    /// <summary>The consensus of all tasks.</summary>
    /// <param name="answers">In any order.</param>
    /// <param name="tasks">Number of tasks.</param>
    /// <param name="contributors">Number of contributors.</param>
    /// <param name="tolerance">As in <see cref="RatingConsensus.Leading"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An answer names a task or a contributor that there is not.</exception>
    public static RatingOutcome Run(ReadOnlySpan<RatingAnswer> answers, int tasks, int contributors, double tolerance = 0.5)
    {
        var byTask = new List<RatingAnswer>[tasks];
        foreach (RatingAnswer answer in answers)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Task, (uint)tasks, nameof(answers));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Contributor, (uint)contributors, nameof(answers));
            if (double.IsFinite(answer.Value))
            {
                (byTask[answer.Task] ??= []).Add(answer);
            }
        }

        var skills = new RatingSkill[contributors];
        Array.Fill(skills, new RatingSkill(0, 1));
        for (int round = 0; round < Rounds; round++)
        {
            Learn(byTask, skills, tolerance);
        }

        return new RatingOutcome([.. byTask.Select(drawn => Rate(drawn, skills, tolerance))], [.. skills]);
    }

    private static LeadingRating Rate(List<RatingAnswer>? answers, RatingSkill[] skills, double tolerance) => answers is null
        ? default
        : RatingConsensus.Of(
            [.. answers.Select(answer => answer.Value - skills[answer.Contributor].Bias)],
            [.. answers.Select(answer => 1 / skills[answer.Contributor].Spread)],
            tolerance);

    private static void Learn(List<RatingAnswer>?[] byTask, RatingSkill[] skills, double tolerance)
    {
        double[] shift = new double[skills.Length], distance = new double[skills.Length], count = new double[skills.Length];
        foreach (List<RatingAnswer>? answers in byTask)
        {
            if (answers is null or { Count: 1 })
            {
                // A single rating agrees with itself; it tells nothing.
                continue;
            }

            double value = Rate(answers, skills, tolerance).Value;
            foreach (RatingAnswer answer in answers)
            {
                shift[answer.Contributor] += answer.Value - value;
                distance[answer.Contributor] += Math.Abs(answer.Value - value - skills[answer.Contributor].Bias);
                count[answer.Contributor]++;
            }
        }

        double all = count.Sum(), spread = all > 0 ? distance.Sum() / all : 0, mean = 0;
        for (int j = 0; j < skills.Length; j++)
        {
            double own = spread > 0 ? Math.Max((distance[j] + Prior * spread) / (count[j] + Prior), LeastSpread * spread) : 1;
            skills[j] = new RatingSkill(shift[j] / (count[j] + Prior), own);
            mean += skills[j].Bias * count[j];
        }

        // The crowd's own bias cannot be seen: it is taken for none.
        mean = all > 0 ? mean / all : 0;
        for (int j = 0; j < skills.Length; j++)
        {
            skills[j] = skills[j] with { Bias = count[j] > 0 ? skills[j].Bias - mean : 0 };
        }
    }
}
