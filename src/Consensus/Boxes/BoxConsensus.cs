using System.Collections.Immutable;

namespace Trove.Consensus;

/// <summary>
/// Boxes of several contributors made one: matched by <see cref="BoxMatching"/>, existence by a vote weighted by reliability,
/// edges by a robust weighted mean, and each box with its confidence.
/// </summary>
public static class BoxConsensus
{
    /// <summary>Boxes that the crowd's quality counts for against a contributor's own.</summary>
    private const double QualityPrior = 5;

    /// <summary>The consensus of all images, with what it learnt of everybody on the way.</summary>
    /// <param name="answers">At most one for each image and contributor, in any order.</param>
    /// <param name="tasks">Number of images.</param>
    /// <param name="contributors">Number of contributors.</param>
    /// <exception cref="ArgumentOutOfRangeException">An answer names an image or a contributor that there is not.</exception>
    /// <exception cref="ArgumentException">A contributor has two answers for an image.</exception>
    public static BoxOutcome Run(ReadOnlySpan<BoxAnswer> answers, int tasks, int contributors)
    {
        BoxImage[] images = Images(answers, tasks, contributors);
        var fit = new BoxCrowdFit(images, contributors);
        fit.Learn();
        BoxSkill[] skills = [.. fit.Skills];
        BoxEvidence[] evidence = Array.ConvertAll(skills, BoxEvidence.Of);
        FoundBox[][] found = Array.ConvertAll(images, image => Judge(image, skills, evidence, fit.Crowd));
        BoxCrowd crowd = fit.Crowd with { Threshold = Threshold([.. found.SelectMany(boxes => boxes)]) };
        return new BoxOutcome(
            [.. found.Select(boxes => boxes.Select(box => box with { Accepted = box.Confidence > crowd.Threshold }).ToImmutableArray())],
            Contributors(images, skills, evidence, crowd),
            crowd);
    }

    /// <summary>The consensus of one image, by what was learnt before: the same as <see cref="Run"/> would find with these skills.</summary>
    public static ImmutableArray<FoundBox> Judge(ReadOnlySpan<BoxOpinion> opinions, BoxCrowd crowd)
    {
        BoxSkill[] skills = new BoxSkill[opinions.Length];
        var drawn = new (int, ImmutableArray<Box>)[opinions.Length];
        for (int i = 0; i < opinions.Length; i++)
        {
            (skills[i], drawn[i]) = (opinions[i].Skill, (i, opinions[i].Boxes));
        }

        return [.. Judge(BoxImage.Of(drawn), skills, Array.ConvertAll(skills, BoxEvidence.Of), crowd)];
    }

    private static BoxImage[] Images(ReadOnlySpan<BoxAnswer> answers, int tasks, int contributors)
    {
        var byTask = new List<(int, ImmutableArray<Box>)>[tasks];
        var seen = new HashSet<(int Task, int Contributor)>();
        foreach (BoxAnswer answer in answers)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Task, (uint)tasks, nameof(answers));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)answer.Contributor, (uint)contributors, nameof(answers));
            if (!seen.Add((answer.Task, answer.Contributor)))
            {
                throw new ArgumentException($"Contributor {answer.Contributor} answered task {answer.Task} twice.", nameof(answers));
            }

            (byTask[answer.Task] ??= []).Add((answer.Contributor, answer.Boxes));
        }

        return Array.ConvertAll(byTask, drawn => BoxImage.Of(drawn ?? []));
    }

    private static FoundBox[] Judge(BoxImage image, BoxSkill[] skills, BoxEvidence[] evidence, BoxCrowd crowd) =>
        [.. image.Groups.Select(group => image.Judge(group, skills, evidence, crowd))
            .OrderByDescending(found => Math.Round(found.Confidence, 9))
            .ThenBy(found => found.Box.X).ThenBy(found => found.Box.Y)];

    /// <summary>
    /// The confidence above which boxes are accepted so that the expected F1 of all images together is highest. Of boxes sorted by
    /// confidence the first k give an expected F1 of 2 * (sum of the k) / (k + number that exists); the best k is where the
    /// confidence falls below half of the F1 reached (Lipton, Elkan, Naryanaswamy 2014).
    /// </summary>
    private static double Threshold(FoundBox[] found)
    {
        double existing = found.Sum(box => box.Existence), right = 0, best = 0;
        double[] confidences = [.. found.Select(box => box.Confidence).OrderDescending()];
        for (int k = 0; k < confidences.Length; k++)
        {
            right += confidences[k];
            best = Math.Max(best, 2 * right / (k + 1 + existing));
        }

        return found.Length == 0 ? BoxCrowd.Unknown.Threshold : best / 2;
    }

    private static ImmutableArray<BoxContributor> Contributors(BoxImage[] images, BoxSkill[] skills, BoxEvidence[] evidence, BoxCrowd crowd)
    {
        var tallies = new BoxTally[skills.Length];
        foreach (BoxImage image in images)
        {
            foreach (List<int> group in image.Groups)
            {
                double odds = image.LogOdds(group, evidence, crowd);
                Box box = image.Judge(group, skills, evidence, crowd).Box;
                foreach (int author in image.Answering)
                {
                    // Nobody confirms oneself: what exists is asked of the others.
                    int mark = group.FindIndex(i => image.Authors[i] == author);
                    double others = BoxImage.Chance(odds - evidence[author].Of(mark >= 0));
                    tallies[author] = mark >= 0 ? tallies[author].Marked(others, box.Overlap(image.Boxes[group[mark]])) : tallies[author].Missed(others);
                }
            }
        }

        BoxTally all = default;
        foreach (BoxTally tally in tallies)
        {
            all += tally;
        }

        return [.. tallies.Zip(skills, (tally, skill) => (tally + all.Scaled(QualityPrior)).Of(skill))];
    }
}
