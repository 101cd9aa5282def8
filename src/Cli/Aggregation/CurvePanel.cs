using System.Globalization;
using System.Xml.Linq;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary>The panel of one data set in a <see cref="CurvePlot"/>.</summary>
internal sealed class CurvePanel
{
    public const double Height = 290;

    private const double Left = 48, Right = CurvePlot.Width - 132, Top = 70, Bottom = Height - 44;
    private const double LabelGap = 19, MarkerGap = 26;

    private readonly AccuracyCurve _curve;
    private readonly Line[] _lines;
    private readonly double _most;
    private readonly double _low;
    private readonly double _high;

    public CurvePanel(AccuracyCurve curve)
    {
        _curve = curve;
        // From one answer on; a set with no more than that still has a width.
        _most = Math.Max(2, curve.Points.Max(point => point.AnswersPerTask));
        _low = Math.Floor(curve.Points.Min(point => point.Accuracy) * 20) / 20;
        _high = Math.Max(_low + 0.1, Math.Ceiling(curve.Points.Max(point => point.Accuracy) * 20) / 20);
        // The last drawn lies on top.
        _lines = [.. curve.Points.GroupBy(AccuracyCurve.LineOf).Select(points => new Line(points.Key, [.. points])).OrderBy(line => line.IsDynamic)];
    }

    /// <summary>What the panel shows, in words.</summary>
    public static string Describe(AccuracyCurve curve) => $"{curve.Dataset}: {Finding(curve)}";

    public IEnumerable<XElement> Draw() =>
    [
        CurvePlot.Text("name", 10, 18, _curve.Dataset),
        CurvePlot.Text("note", 10, 37, Finding(_curve)),
        .. Axes(),
        .. _lines.Select(line => CurvePlot.Path($"line {line.Look}", Steps(line.Points))),
        .. _lines.SelectMany(Markers),
        .. Labels(),
        .. _lines.Where(line => line.IsDynamic).SelectMany(Sureness),
    ];

    /// <summary>With how many answers the dynamic policy is as good as the vote of all.</summary>
    private static string Finding(AccuracyCurve curve)
    {
        var vote = curve.Points.Where(point => point.Method == AccuracyCurve.Vote).MaxBy(point => point.AnswersPerTask);
        var match = curve.Points.Where(point => AccuracyCurve.LineOf(point).IsDynamic && point.Accuracy >= vote?.Accuracy).MinBy(point => point.AnswersPerTask);
        return match is null
            ? string.Create(CultureInfo.InvariantCulture, $"{curve.Tasks:N0} tasks, {curve.Answers:N0} answers")
            : string.Create(CultureInfo.InvariantCulture, $"Dynamic is as good with {match.AnswersPerTask:0.#} answers as the vote with {vote!.AnswersPerTask:0.#}");
    }

    private double X(double answers) => Left + ((answers - 1) / (_most - 1) * (Right - Left));

    private double Y(double accuracy) => Bottom - ((accuracy - _low) / (_high - _low) * (Bottom - Top));

    private IEnumerable<XElement> Axes()
    {
        double step = _high - _low > 0.45 ? 0.2 : 0.1;
        for (double at = Math.Ceiling((_low / step) - 1e-6) * step; at <= _high + 1e-6; at += step)
        {
            yield return CurvePlot.Path("grid", $"M{Place(Left, Y(at))}H{CurvePlot.Number(Right)}");
            yield return CurvePlot.Text("tick", Left - 7, Y(at) + 4.5, string.Create(CultureInfo.InvariantCulture, $"{at * 100:0} %"), "end");
        }

        yield return CurvePlot.Path("axis", $"M{Place(Left, Bottom)}H{CurvePlot.Number(Right)}");
        foreach (double at in Ticks())
        {
            yield return CurvePlot.Path("axis", $"M{Place(X(at), Bottom)}v4");
            yield return CurvePlot.Text("tick", X(at), Bottom + 18, CurvePlot.Number(at), "middle");
        }

        yield return CurvePlot.Text("note", Right + 23, Bottom + 18, "answers");
    }

    /// <summary>One, and round figures from there on, some six of them.</summary>
    private IEnumerable<double> Ticks()
    {
        double step = new double[] { 1, 2, 5, 10, 20, 50, 100, 200, 500 }.First(step => _most / step <= 10 || step == 500);
        return new[] { 1.0 }.Concat(Enumerable.Range(1, (int)(_most / step)).Select(n => n * step).Where(at => at > 1));
    }

    private IEnumerable<XElement> Markers(Line line)
    {
        double last = double.NegativeInfinity;
        foreach (var point in line.Points)
        {
            // Every point of a policy means a choice; along a line they only help to tell it from the others.
            if (line.IsDynamic || X(point.AnswersPerTask) - last >= MarkerGap)
            {
                last = X(point.AnswersPerTask);
                yield return Mark(line, last, Y(point.Accuracy));
            }
        }
    }

    private static XElement Mark(Line line, double x, double y) => line.Look switch
    {
        "vote" => CurvePlot.Path($"mark {line.Look}", $"M{Place(x - 3.2, y - 3.2)}h6.4v6.4h-6.4z"),
        "skill" => CurvePlot.Path($"mark {line.Look}", $"M{Place(x, y - 4.6)}l4.4 7.6h-8.8z"),
        "trove" => CurvePlot.Shape("circle", $"mark {line.Look}", ("cx", x), ("cy", y), ("r", 3.4)),
        _ => CurvePlot.Shape("circle", $"mark {line.Look}", ("cx", x), ("cy", y), ("r", 4)),
    };

    /// <summary>The names of the lines beside their ends, moved apart where they would lie on each other.</summary>
    private IEnumerable<XElement> Labels()
    {
        // Of lines that end together the dynamic one, which ends before the others, is named above them.
        Line[] order = [.. _lines.OrderBy(line => Y(line.Last.Accuracy) - (line.IsDynamic ? LabelGap : 0))];
        double[] places = Apart([.. order.Select(line => Y(line.Last.Accuracy))]);
        foreach (var (line, y) in order.Zip(places))
        {
            var (fromX, fromY) = (X(line.Last.AnswersPerTask), Y(line.Last.Accuracy));
            double bend = fromX < Right - 8 ? y : fromY;
            yield return CurvePlot.Path($"lead {line.Look}", $"M{Place(fromX, fromY)}L{Place(Math.Max(fromX, Right - 4), bend)}L{Place(Right + 8, y)}");
            yield return Mark(line, Right + 14, y);
            yield return CurvePlot.Text($"label {line.Look}", Right + 23, y + 5, line.Name);
        }
    }

    /// <summary>The same order, no two closer than a line of text, each near its place and none outside the panel.</summary>
    private static double[] Apart(double[] wanted)
    {
        var placed = (double[])wanted.Clone();
        for (int pass = 0; pass < wanted.Length * 8; pass++)
        {
            for (int i = 1; i < placed.Length; i++)
            {
                double lack = LabelGap - (placed[i] - placed[i - 1]);
                if (lack > 0)
                {
                    placed[i - 1] -= lack / 2;
                    placed[i] += lack / 2;
                }
            }
        }

        double up = Math.Max(0, placed[^1] - Bottom + 4);
        return [.. placed.Select(y => y - up)];
    }

    /// <summary>How sure each point asks to be: the house's default first, others where there is room.</summary>
    private IEnumerable<XElement> Sureness(Line line)
    {
        string usual = CurvePlot.Number(QuorumPolicy.Default.Confidence, "0.##");
        var named = new List<double>();
        foreach (var point in line.Points.OrderByDescending(point => SureOf(point) == usual))
        {
            double x = X(point.AnswersPerTask), y = Y(point.Accuracy);
            if (named.TrueForAll(other => Math.Abs(other - x) > 36))
            {
                named.Add(x);
                string sure = SureOf(point);
                bool covered = _lines.Any(other => other != line && y - Y(other.At(point.AnswersPerTask)) is > 0 and < 24);
                yield return covered ? CurvePlot.Text($"sure {line.Look}", x + 5, y + 19, sure) : CurvePlot.Text($"sure {line.Look}", x - 4, y - 9, sure, "middle");
            }
        }
    }

    /// <summary>The confidence in the text of a dynamic policy.</summary>
    private static string SureOf(CurvePoint point) => point.Policy[(point.Policy.LastIndexOf('@') + 1)..];

    private string Steps(IEnumerable<CurvePoint> points) =>
        "M" + string.Join('L', points.Select(point => Place(X(point.AnswersPerTask), Y(point.Accuracy))));

    private static string Place(double x, double y) => $"{CurvePlot.Number(x)} {CurvePlot.Number(y)}";

    private sealed class Line((string Method, bool IsDynamic) key, CurvePoint[] points)
    {
        public CurvePoint[] Points => points;

        public CurvePoint Last => points[^1];

        public bool IsDynamic => key.IsDynamic;

        public string Name => key.IsDynamic ? "dynamic" : key.Method;

        /// <summary>Its class in the style sheet.</summary>
        public string Look => (key.Method, key.IsDynamic) switch
        {
            (_, true) => "dynamic",
            (AccuracyCurve.Vote, _) => "vote",
            (AccuracyCurve.Skill, _) => "skill",
            _ => "trove",
        };

        /// <summary>Accuracy at a number of answers, straight between two points.</summary>
        public double At(double answers)
        {
            int after = Array.FindIndex(points, point => point.AnswersPerTask >= answers);
            if (after <= 0)
            {
                return after == 0 ? points[0].Accuracy : Last.Accuracy;
            }

            var (a, b) = (points[after - 1], points[after]);
            return a.Accuracy + ((b.Accuracy - a.Accuracy) * (answers - a.AnswersPerTask) / (b.AnswersPerTask - a.AnswersPerTask));
        }
    }
}
