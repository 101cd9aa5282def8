namespace Trove.Consensus;

/// <summary>A method of finding the truth from all answers of a data set at once. Stateless and deterministic.</summary>
public interface IAggregator
{
    /// <summary>The name it is called by.</summary>
    string Name { get; }

    /// <summary>Runs it. Every figure of the outcome is finite.</summary>
    /// <exception cref="NotSupportedException">
    /// The method needs tables of every class, and with these classes they would not fit in memory; the message names the limit. The
    /// default and the votes take any matrix.
    /// </exception>
    Aggregation Run(AnswerMatrix answers);
}

/// <summary>What a method found.</summary>
public sealed class Aggregation
{
    private readonly int _classes;
    private readonly double[] _posterior;
    private readonly Shortlists? _lists;
    private readonly Others[] _others;
    private readonly double[] _prior;
    private readonly double _highestPrior;

    private Aggregation(int tasks, int classes, double[] posterior, int iterations, Shortlists? lists = null, Others[]? others = null, double[]? prior = null)
    {
        (Tasks, Iterations) = (tasks, iterations);
        (_classes, _posterior, _lists, _others, _prior) = (classes, posterior, lists, others ?? [], prior ?? []);
        _highestPrior = _prior.Length > 0 ? Rows.Max(_prior) : 0;
    }

    /// <summary>What a class off a task's shortlist has there: a figure common to all such, and one by how frequent it is anywhere.</summary>
    internal readonly record struct Others(double Even, double ByPrior);

    /// <summary>Passes over the answers it took.</summary>
    public int Iterations { get; }

    /// <summary>Number of tasks.</summary>
    public int Tasks { get; }

    /// <summary>Probability of each class of one task. With very many classes the row is made for the caller.</summary>
    public ReadOnlySpan<double> PosteriorOf(int task)
    {
        if (_lists is null)
        {
            return _posterior.AsSpan(task * _classes, _classes);
        }

        var row = new double[_classes];
        for (int c = 0; c < row.Length; c++)
        {
            row[c] = Off(task, c);
        }

        (int from, int to) = _lists.RangeOf(task);
        for (int slot = from; slot < to; slot++)
        {
            row[_lists.ClassOf[slot]] = _posterior[slot];
        }

        return row;
    }

    /// <summary>Probability of one class of one task.</summary>
    public double ProbabilityOf(int task, int choice)
    {
        if (_lists is null)
        {
            return _posterior[(task * _classes) + choice];
        }

        (int from, int to) = _lists.RangeOf(task);
        int at = _lists.ClassOf[from..to].BinarySearch(choice);
        return at >= 0 ? _posterior[from + at] : Off(task, choice);
    }

    /// <summary>The outcome of one task. A tie goes to the first in the schema.</summary>
    public Leading LeadingOf(int task)
    {
        if (_lists is not null)
        {
            (int from, int to) = _lists.RangeOf(task);
            Leading listed = Leading.Of(_posterior.AsSpan(from, to - from));
            if (_others[task].Even + (_others[task].ByPrior * _highestPrior) < listed.Confidence - Leading.Margin)
            {
                return listed with { Choice = _lists.ClassOf[from + listed.Choice] };
            }
        }

        return Leading.Of(PosteriorOf(task));
    }

    /// <summary>Takes the rows of a posterior, which still may miss a sum of one by the step of the grid of <see cref="Rows"/>.</summary>
    internal static Aggregation Of(int classes, double[] posterior, int iterations)
    {
        for (int at = 0; at < posterior.Length; at += classes)
        {
            Span<double> row = posterior.AsSpan(at, classes);
            double sum = 0;
            foreach (double p in row)
            {
                sum += p;
            }

            foreach (ref double p in row)
            {
                p /= sum;
            }
        }

        return new Aggregation(posterior.Length / classes, classes, posterior, iterations);
    }

    /// <summary>Takes a figure for each slot of the shortlists, what the other classes have, and how frequent they are.</summary>
    internal static Aggregation Of(AnswerMatrix answers, double[] listed, Others[] others, double[] prior, int iterations) =>
        new(answers.Tasks, answers.Classes, listed, iterations, answers.Shortlists, others, prior);

    private double Off(int task, int choice) => _others[task].Even + (_prior.Length > 0 ? _others[task].ByPrior * _prior[choice] : 0);
}
