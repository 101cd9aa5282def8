using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace Trove.Cli.Output;

/// <summary>Where a command talks to people, on a real terminal or not.</summary>
internal sealed class Terminal
{
    private readonly TextWriter _out;
    private readonly bool _json;

    public Terminal(ParseResult parsed, bool json)
    {
        _out = parsed.InvocationConfiguration.Output;
        _json = json;
        var output = new AnsiConsoleOutput(_out);
        Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = output, Ansi = output.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        if (!output.IsTerminal)
        {
            // A file or pipe has no width to fit; the default of 80 would break the lines of tables.
            Console.Profile.Width = 160;
        }
    }

    public IAnsiConsole Console { get; }

    /// <summary>Whether figures can be redrawn in place.</summary>
    public bool IsLive => Console.Profile.Capabilities.Interactive && Console.Profile.Out.IsTerminal;

    public void Say(string line) => _out.WriteLine(line);

    /// <summary>Two columns: what, how much.</summary>
    public void Show(string title, params (string What, string HowMuch)[] rows)
    {
        var table = new Table().Title(Markup.Escape(title)).Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned());
        foreach (var (what, howMuch) in rows)
        {
            table.AddRow(Markup.Escape(what), Markup.Escape(howMuch));
        }

        Console.Write(table);
    }

    /// <summary>The outcome for programs, when they asked for it. Call it last.</summary>
    public void Report<T>(T report)
    {
        if (_json)
        {
            _out.WriteLine(JsonLine.Of(report));
        }

        _out.Flush();
    }

    /// <summary>Runs a long piece of work under a progress bar, or under one line when there is no terminal.</summary>
    public async Task<T> ProgressAsync<T>(string what, double total, Func<Action<double>, Task<T>> work)
    {
        if (!IsLive)
        {
            Say(what);
            return await work(static _ => { });
        }

        return await Console.Progress().HideCompleted(true).AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
                return work(done => bar.Value = done);
            });
    }
}

/// <summary>Figures as people read them.</summary>
internal static class Figures
{
    public static string Text(this double value, string format = "N2") => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";

    public static string Text(this double? value, string format = "N2") => value is { } number ? number.Text(format) : "-";

    public static string Text(this long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Text(this int value) => ((long)value).Text();

    public static string Text(this bool? value) => value switch { true => "yes", false => "NO", null => "not looked at" };
}
