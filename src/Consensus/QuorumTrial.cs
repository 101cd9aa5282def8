namespace Trove.Consensus;

/// <summary>
/// What a policy would have cost and found on answers already given: they come in their order, a task takes them until the policy
/// retires it, and what it did not take is never seen. With the live method and its periodic re-fit; pure and deterministic.
/// </summary>
public sealed class QuorumTrial
{
    /// <summary>
    /// A re-fit for every tenth of answers more: then all re-fits together cost as much as some ten of the last, and none sees a
    /// crowd that has changed by more than that.
    /// </summary>
    private const double Growth = 1.1;

    /// <summary>Fewer answers than this tell nothing of a crowd.</summary>
    private const int First = 50;

    private QuorumTrial(int used, Aggregation outcome, AnswerMatrix answers) => (Used, Outcome, Answers) = (used, outcome, answers);

    /// <summary>Answers that were asked for.</summary>
    public int Used { get; }

    /// <summary>The consensus of those.</summary>
    public Aggregation Outcome { get; }

    /// <summary>The answers asked for.</summary>
    public AnswerMatrix Answers { get; }

    /// <summary>Runs it.</summary>
    /// <param name="arrivals">All answers there are, in the order they would come; at most one for each task and worker.</param>
    /// <param name="policy">When a task has enough.</param>
    /// <param name="tasks">Number of tasks.</param>
    /// <param name="workers">Number of workers.</param>
    /// <param name="classes">Number of classes.</param>
    public static QuorumTrial Run(ReadOnlySpan<Answer> arrivals, QuorumPolicy policy, int tasks, int workers, int classes)
    {
        var model = new OnlineModel(classes);
        var taken = new int[tasks];
        var kept = new List<Answer>(arrivals.Length);
        double next = First;
        foreach (Answer arrival in arrivals)
        {
            if (IsEnough(policy, model, arrival.Task, taken[arrival.Task]))
            {
                continue;
            }

            model.Add(arrival);
            kept.Add(arrival);
            taken[arrival.Task]++;
            if (policy.Kind == QuorumKind.Dynamic && kept.Count >= next)
            {
                model.Refit();
                next = kept.Count * Growth;
            }
        }

        AnswerMatrix answers = AnswerMatrix.From([.. kept], tasks, workers, classes);
        return new QuorumTrial(kept.Count, new TroveFit(answers).Outcome, answers);
    }

    // Asked anew at each arrival, so that a task whose confidence a re-fit has lowered is open again.
    private static bool IsEnough(QuorumPolicy policy, OnlineModel model, int task, int taken)
    {
        if (taken == 0)
        {
            return false;
        }

        Leading leading = Leading.Of(model.PosteriorOf(task));
        return policy.Decide(taken, taken, leading.Confidence, leading.Tie).Move == QuorumMove.Retire;
    }
}
