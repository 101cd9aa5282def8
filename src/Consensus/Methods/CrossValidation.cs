namespace Trove.Consensus;

/// <summary>
/// How well a method's outcome foretells answers it has not seen: how to choose between methods without gold. Answers are dealt
/// into folds at random, each fold is hidden in turn, and the method is run on the rest.
/// </summary>
/// <param name="Agreement">Share of the hidden answers that name the leading class; a tie counts for its part.</param>
/// <param name="LogScore">
/// Mean logarithm of the probability of the hidden answers, when somebody drawn from the crowd is right as often as the seen answers
/// agree with the outcome and otherwise wrong evenly. Higher is better; confidence that is not deserved costs most.
/// </param>
public readonly record struct CrossValidation(double Agreement, double LogScore)
{
    /// <summary>Runs a method over every fold.</summary>
    /// <param name="answers">All answers.</param>
    /// <param name="folds">How many folds, at least 2.</param>
    /// <param name="method">The method.</param>
    /// <param name="seed">Of the deal.</param>
    public static CrossValidation Run(AnswerMatrix answers, int folds, IAggregator method, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        Answer[] all = answers.ToArray();
        new Random(seed).Shuffle(all);
        double agreement = 0, score = 0;
        for (int fold = 0; fold < folds; fold++)
        {
            Answer[] seen = [.. all.Where((_, i) => i % folds != fold)];
            Aggregation outcome = method.Run(AnswerMatrix.From(seen, answers.Tasks, answers.Workers, answers.Classes));
            // Half an answer on each side, so that a crowd which always agrees is not thought infallible.
            double right = (seen.Sum(answer => outcome.ProbabilityOf(answer.Task, answer.Label)) + 0.5) / (seen.Length + 1);
            double wrong = (1 - right) / Math.Max(1, answers.Classes - 1);
            for (int i = fold; i < all.Length; i += folds)
            {
                double chance = outcome.ProbabilityOf(all[i].Task, all[i].Label);
                Leading leading = outcome.LeadingOf(all[i].Task);
                agreement += leading.Tie ? Leading.ShareOf(outcome.PosteriorOf(all[i].Task), all[i].Label) : leading.Choice == all[i].Label ? 1 : 0;
                score += Math.Log(chance * right + (1 - chance) * wrong);
            }
        }

        return new CrossValidation(agreement / Math.Max(1, all.Length), score / Math.Max(1, all.Length));
    }
}
