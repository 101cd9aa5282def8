namespace Trove.Consensus;

/// <summary>
/// The best pairing of rows with columns: the Hungarian method in the form of shortest augmenting paths with potentials
/// (Kuhn 1955; Jonker and Volgenant 1987). Cubic in the smaller side.
/// </summary>
internal static class Assignment
{
    public const int None = -1;

    /// <summary>Chooses for each row at most one column and for each column at most one row, so that the sum of gains is largest.</summary>
    /// <param name="gain">Row by row. A pair without positive gain is never chosen.</param>
    /// <param name="columns">Length of a row of <paramref name="gain"/>.</param>
    /// <param name="chosen">Receives for each row its column, or <see cref="None"/>.</param>
    public static void Best(ReadOnlySpan<double> gain, int columns, Span<int> chosen)
    {
        int rows = chosen.Length;
        if (rows == 1)
        {
            chosen[0] = Highest(gain);
            return;
        }

        // Every row may also take a column of its own that costs nothing: to stay alone.
        int width = columns + rows;
        var (rowPotential, potential, slack) = (new double[rows + 1], new double[width + 1], new double[width + 1]);
        var (owner, from, done) = (new int[width + 1], new int[width + 1], new bool[width + 1]);
        for (int row = 1; row <= rows; row++)
        {
            owner[0] = row;
            int column = 0;
            Array.Fill(slack, double.PositiveInfinity);
            Array.Clear(done);
            do
            {
                done[column] = true;
                int at = owner[column], next = 0;
                double step = double.PositiveInfinity;
                for (int c = 1; c <= width; c++)
                {
                    if (done[c])
                    {
                        continue;
                    }

                    double cost = (c <= columns ? -Math.Max(0, gain[(at - 1) * columns + c - 1]) : 0) - rowPotential[at] - potential[c];
                    if (cost < slack[c])
                    {
                        (slack[c], from[c]) = (cost, column);
                    }

                    if (slack[c] < step)
                    {
                        (step, next) = (slack[c], c);
                    }
                }

                for (int c = 0; c <= width; c++)
                {
                    if (done[c])
                    {
                        rowPotential[owner[c]] += step;
                        potential[c] -= step;
                    }
                    else
                    {
                        slack[c] -= step;
                    }
                }

                column = next;
            }
            while (owner[column] != 0);

            for (; column != 0; column = from[column])
            {
                owner[column] = owner[from[column]];
            }
        }

        chosen.Fill(None);
        for (int c = 1; c <= columns; c++)
        {
            if (owner[c] != 0 && gain[(owner[c] - 1) * columns + c - 1] > 0)
            {
                chosen[owner[c] - 1] = c - 1;
            }
        }
    }

    private static int Highest(ReadOnlySpan<double> gain)
    {
        int best = None;
        double most = 0;
        for (int c = 0; c < gain.Length; c++)
        {
            if (gain[c] > most)
            {
                (best, most) = (c, gain[c]);
            }
        }

        return best;
    }
}
