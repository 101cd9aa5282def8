using Spectre.Console;
using Trove.Cli.Output;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary>How far the contributors of a data set agree, over chance: a stable JSON object.</summary>
/// <param name="Alpha">Krippendorff's.</param>
/// <param name="Fleiss">Fleiss' kappa.</param>
/// <param name="Classes">Alpha of each label against all others.</param>
/// <param name="Workers">Alpha of each worker with all others, the least agreeing first.</param>
internal sealed record AgreementReport(
    string Dataset, int Tasks, int Answers, AgreementFigure Alpha, AgreementFigure Fleiss, NamedFigure[] Classes, NamedFigure[] Workers)
{
    /// <summary>More of them would push the rest off the screen; the JSON has all.</summary>
    private const int MostShown = 15;

    private static readonly AgreementFigure Undefined = new(null, null, null, 0);

    /// <param name="data">The answers; gold is not looked at.</param>
    /// <param name="rounds">Resamplings for the intervals of classes and of the whole; those of workers take a tenth.</param>
    public static AgreementReport Of(CrowdData data, int rounds = 1000)
    {
        AnswerMatrix matrix = data.ToMatrix();
        Agreement whole = new(matrix, rounds), each = new(matrix, rounds / 10);
        return new AgreementReport(
            data.Name,
            data.Tasks.Count,
            data.Answers.Count,
            whole.Krippendorff(),
            whole.Fleiss(),
            [.. data.Labels.Select((label, c) => new NamedFigure(label, whole.OfClass(c)))],
            [.. data.Workers.Select((worker, w) => new NamedFigure(worker, each.OfContributor(w)))
                .OrderBy(named => named.Figure.Value ?? double.PositiveInfinity).ThenBy(named => named.Name, StringComparer.Ordinal)]);
    }

    public void Show(Terminal terminal)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape($"{Dataset}: {Answers.Text()} answers of {Tasks.Text()} tasks"))
            .AddColumn("agreement over chance").AddColumn(new TableColumn("value").RightAligned())
            .AddColumn(new TableColumn("95 % interval").RightAligned()).AddColumn(new TableColumn("tasks").RightAligned());
        Add(table, "Krippendorff's alpha", Alpha);
        Add(table, "Fleiss' kappa", Fleiss);
        AddAll(table, "label", Classes);
        AddAll(table, "worker", Workers);
        terminal.Console.Write(table);
    }

    private static void AddAll(Table table, string what, NamedFigure[] named)
    {
        foreach (NamedFigure one in named.Take(MostShown))
        {
            Add(table, $"{what} {one.Name}", one.Figure);
        }

        if (named.Length > MostShown)
        {
            Add(table, $"... and {(named.Length - MostShown).Text()} more", Undefined);
        }
    }

    private static void Add(Table table, string what, AgreementFigure figure) => table.AddRow(
        Markup.Escape(what), figure.Value.Text("N3"), figure.Low is null ? "" : $"{figure.Low.Text("N3")} to {figure.High.Text("N3")}", figure.Tasks == 0 ? "" : figure.Tasks.Text());
}

/// <summary>A figure of one label or worker.</summary>
internal readonly record struct NamedFigure(string Name, AgreementFigure Figure);
