using System.CommandLine;
using Trove.Cli.Output;
using Trove.Consensus;

namespace Trove.Cli.Aggregation;

/// <summary><c>trove aggregate</c>: consensus of all answers, offline.</summary>
internal static class AggregateCommand
{
    private const string AllMethods = "all";

    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo[]>("DIR") { Description = "A crowd data set: answers.csv, and gold.csv for the accuracy.", Arity = ArgumentArity.OneOrMore };
        var method = new Option<string>("--method") { Description = $"{string.Join(", ", Aggregators.All.Select(m => m.Name))}, or {AllMethods}.", DefaultValueFactory = _ => Aggregators.Default.Name };
        var folds = Commands.Number("--k-fold", "Hide answers in so many folds and see how well each method foretells them: how to choose without gold.", 0, least: 2);
        var calibration = new Option<bool>("--calibration") { Description = "Compare confidence with gold, in ten bins." };
        var bestOf = Commands.Number("--best-of", "Run so many times and report the shortest.", 1);
        var policy = new Option<string?>("--policy") { Description = "Take the answers one by one under a quorum policy, with the default method: all, fixed:3, dynamic, dynamic:3-7@0.95." };
        var seed = new Option<int?>("--seed") { Description = "Deal of the folds; and with --policy a random order of arrival instead of the file's." };
        var agreement = new Option<bool>("--agreement") { Description = "How far the workers agree, over chance: all of them, on each label, and each with the others." };
        var curve = new Option<bool>("--curve") { Description = "Accuracy against answers used, of methods and policies, as a mean over random orders of arrival. Takes several data sets." };
        var seeds = Commands.Number("--seeds", "Random orders of a curve.", 5);
        var svg = new Option<FileInfo?>("--svg") { Description = "Draw the curves into this file, one panel for each data set; implies --curve." };
        var json = Commands.Json();
        return new Command("aggregate", "Finds the consensus of all answers of a data set, offline.")
        {
            folder, method, folds, calibration, bestOf, policy, seed, agreement, curve, seeds, svg, json,
        }.Does((parsed, _) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var folders = parsed.GetRequiredValue(folder);
            if (parsed.GetValue(curve) || parsed.GetValue(svg) is not null)
            {
                CurveReport.Run(terminal, folders, parsed.GetValue(seeds), parsed.GetValue(svg));
                return Task.FromResult(0);
            }

            if (folders.Length > 1)
            {
                throw new CommandException("Only --curve takes several data sets.");
            }

            var name = parsed.GetRequiredValue(method);
            var rule = parsed.GetValue(policy) is { } text ? Policy(text) : null;
            var methods = name == AllMethods ? Aggregators.All : [Method(name)];
            var data = CrowdData.Load(folders[0].FullName);
            if (BoxAggregation.Of(data) is { } boxes)
            {
                boxes.Report(terminal);
                return Task.FromResult(0);
            }

            var questions = new AggregateQuestions(
                parsed.GetValue(bestOf), parsed.GetValue(folds), parsed.GetValue(calibration), parsed.GetValue(seed) ?? 1);
            var run = new AggregateRun(TimeProvider.System);
            AggregateReport[] reports = rule is null
                ? [.. methods.Select(Attempt).OfType<AggregateReport>()]
                : [run.Execute(data, rule, parsed.GetValue(seed), questions)];
            var agreed = parsed.GetValue(agreement) ? AgreementReport.Of(data) : null;
            AggregateTables.Show(terminal, reports);
            agreed?.Show(terminal);
            if (name == AllMethods && rule is null)
            {
                var best = reports.MaxBy(r => r.Accuracy ?? 0)!;
                terminal.Report(new { best.Dataset, Method = AllMethods, best.Tasks, best.Answers, best.Accuracy, Seconds = reports.Sum(r => r.Seconds), Methods = reports, Agreement = agreed });
            }
            else
            {
                terminal.Report(reports[0] with { Agreement = agreed });
            }

            return Task.FromResult(0);

            // Of all methods, those that have no room for so many classes are left out.
            AggregateReport? Attempt(IAggregator m)
            {
                try
                {
                    return run.Execute(data, m, questions);
                }
                catch (CommandException fault) when (name == AllMethods)
                {
                    terminal.Say(fault.Message);
                    return null;
                }
            }
        });
    }

    /// <summary>The method of that name.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static IAggregator Method(string name) =>
        Aggregators.All.FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CommandException($"There is no method '{name}'; there are {string.Join(", ", Aggregators.All.Select(m => m.Name))}.");

    private static QuorumPolicy Policy(string text) =>
        QuorumPolicy.TryParse(text, out var policy, out var error) ? policy : throw new CommandException(error);
}
