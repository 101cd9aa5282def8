using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Trove.Consensus;

/// <summary>How a fitted crowd reads answers: their likelihoods, the posteriors of tasks, and how far to trust them.</summary>
internal sealed partial class CrowdFit
{
    /// <summary>Answers multiplied before their logarithm is taken: 16 likelihoods of at least 1e-14 stay in the range of doubles.</summary>
    private const int Chunk = 16;

    /// <summary>A row of probabilities for each task, from its answers.</summary>
    private void Read(double temperature, double[] rows)
    {
        int classes = _answers.Classes, block = Math.Max(1, 2048 / classes);
        // A block of tasks at a time, whose products stay in the cache; their logarithms are taken all at once.
        double[] likely = new double[block * classes], all = new double[likely.Length];
        for (int from = 0, answer = 0; from < _answers.Tasks; from += block)
        {
            int to = Math.Min(_answers.Tasks, from + block), length = (to - from) * classes;
            Span<double> scores = rows.AsSpan(from * classes, length);
            scores.Clear();
            likely.AsSpan().Fill(1);
            all.AsSpan().Fill(1);
            for (int t = from, at = 0; t < to; t++, at += classes)
            {
                int given = 0;
                ReadOnlySpan<double> own = _own.AsSpan(t * classes, classes);
                Span<double> numerator = likely.AsSpan(at, classes), denominator = all.AsSpan(at, classes);
                foreach (int worker in _answers.WorkersOf(t))
                {
                    if (given++ == Chunk)
                    {
                        Fold(numerator, denominator, scores.Slice(at, classes));
                        numerator.Fill(1);
                        denominator.Fill(1);
                        given = 1;
                    }

                    Multiply(numerator, _expected, _columns.ColumnOf[answer++], own);
                    Multiply(denominator, _expectedTotals, worker, own);
                }
            }

            Fold(likely.AsSpan(0, length), all.AsSpan(0, length), scores);
            for (int at = 0; at < length; at += classes)
            {
                Rows.Blend(scores.Slice(at, classes), temperature, Prior);
            }

            Rows.Normalize(scores, classes);
        }
    }

    /// <summary>Adds the logarithms of likelihoods, kept as products of their two parts.</summary>
    private static void Fold(Span<double> numerators, ReadOnlySpan<double> denominators, Span<double> scores)
    {
        Rows.Divide(numerators, denominators);
        Rows.Log(numerators);
        Rows.Snap(numerators);
        Rows.Add(scores, numerators);
    }

    /// <summary>
    /// Multiplies a row by what is expected of a contributor, without what the task itself, by its posterior <paramref name="own"/>,
    /// contributed to that. Sums on the grid are exact, so the difference is never less than the crowd's part.
    /// </summary>
    private static void Multiply(Span<double> product, double[] expected, int row, ReadOnlySpan<double> own)
    {
        nuint classes = (nuint)product.Length, c = 0;
        ref double to = ref MemoryMarshal.GetReference(product);
        ref double mine = ref MemoryMarshal.GetReference(own);
        ref double from = ref MemoryMarshal.GetReference(expected.AsSpan(row * product.Length, product.Length));
        for (nuint step = (nuint)Vector<double>.Count; c + step <= classes; c += step)
        {
            (Vector.LoadUnsafe(ref to, c) * (Vector.LoadUnsafe(ref from, c) - Vector.LoadUnsafe(ref mine, c))).StoreUnsafe(ref to, c);
        }

        for (; c < classes; c++)
        {
            Unsafe.Add(ref to, c) *= Unsafe.Add(ref from, c) - Unsafe.Add(ref mine, c);
        }
    }

    /// <summary>What is expected of each contributor: own counts and the crowd's.</summary>
    private void Expect()
    {
        for (int i = 0; i < Counts.Length; i++)
        {
            _expected[i] = Counts[i] + CrowdWeight * _means[i];
        }

        for (int i = 0; i < Totals.Length; i++)
        {
            _expectedTotals[i] = Totals[i] + CrowdWeight;
        }
    }

    /// <summary>The sum over answers of the logarithm of their probability given the others of their task.</summary>
    private double Foretold(double temperature)
    {
        int classes = _answers.Classes, most = 0;
        for (int t = 0; t < _answers.Tasks; t++)
        {
            most = Math.Max(most, _answers.CountOf(t));
        }

        Span<double> likelihoods = new double[most * classes], logs = new double[most * classes], scores = new double[classes];
        double sum = 0;
        for (int t = 0, answer = 0; t < _answers.Tasks; t++)
        {
            ReadOnlySpan<int> workers = _answers.WorkersOf(t);
            Span<double> likely = likelihoods[..(workers.Length * classes)], log = logs[..likely.Length];
            for (int i = 0; i < workers.Length; i++)
            {
                LikelihoodOf(answer++, t, likely.Slice(i * classes, classes));
            }

            likely.CopyTo(log);
            Rows.Log(log);
            Rows.Snap(log);
            scores.Clear();
            for (int at = 0; at < log.Length; at += classes)
            {
                Rows.Add(scores, log.Slice(at, classes));
            }

            for (int at = 0; at < log.Length && workers.Length > 1; at += classes)
            {
                Span<double> others = log.Slice(at, classes);
                for (int c = 0; c < classes; c++)
                {
                    others[c] = Prior[c] + temperature * (scores[c] - others[c]);
                }
            }

            if (workers.Length > 1)
            {
                Rows.Normalize(log, classes);
                for (int at = 0; at < log.Length; at += classes)
                {
                    sum += Rows.Snap(Math.Log(Math.Max(SkillMath.Least, Rows.Dot(log.Slice(at, classes), likely.Slice(at, classes)))));
                }
            }
        }

        return sum;
    }
}
