using System.CommandLine;
using Spectre.Console;
using Trove.Cli.Accounts;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Projects;

namespace Trove.Cli.Projects;

/// <summary><c>trove project</c>: the life of a developer's projects.</summary>
internal static class ProjectCommand
{
    public static Command Create() => new("project", "Creates, publishes, pauses, resumes, closes and lists projects.")
    {
        CreateProject(),
        Move("publish", "Hands out work.", ProjectMove.Publish),
        Move("pause", "Hands out no more; what is leased may be finished.", ProjectMove.Pause),
        Move("resume", "Hands out work again.", ProjectMove.Resume),
        Move("close", "Ends a project for good; open tasks are cancelled.", ProjectMove.Close),
        List(),
    };

    private static Command CreateProject()
    {
        var project = Key();
        var title = new Option<string?>("--title") { Description = "What people see in lists; the key when left out." };
        var purpose = new Option<string>("--purpose") { Description = "What the labels are for; contributors see it before the first item.", Required = true };
        var question = new Option<string>("--question") { Description = "The question asked about each item.", Required = true };
        var kind = new Option<LabelKind>("--kind") { Description = "YesNo, SingleChoice, MultiChoice or Tags.", DefaultValueFactory = _ => LabelKind.YesNo };
        var options = new Option<string[]>("--option") { Description = "An option of a choice, or a tag to suggest; once for each.", AllowMultipleArgumentsPerToken = true };
        var minimum = Commands.Number("--min", "Answers before confidence is looked at.", new Redundancy().Minimum);
        var maximum = Commands.Number("--max", "Answers never exceeded.", new Redundancy().Maximum);
        var confidence = new Option<double>("--confidence") { Description = "Posterior probability at which a task stops.", DefaultValueFactory = _ => new Redundancy().Confidence };
        var order = new Option<TaskOrder>("--order") { Description = "Depth, Breadth or Uncertainty.", DefaultValueFactory = _ => TaskOrder.Depth };
        var price = Commands.Number("--price", "Pay for an accepted answer, minor units; 0 = volunteers.", 0, least: 0);
        return Calls(
            new Command("create", "Creates a project as a draft.") { project, title, purpose, question, kind, options, minimum, maximum, confidence, order, price },
            (client, parsed, cancellation) =>
            {
                var schema = new LabelSchema(parsed.GetValue(kind), parsed.GetValue(kind) switch
                {
                    LabelKind.YesNo => [],
                    _ => [.. parsed.GetValue(options) ?? []],
                });
                var redundancy = new Redundancy(
                    parsed.GetValue(minimum) == parsed.GetValue(maximum) ? RedundancyKind.Fixed : RedundancyKind.Dynamic,
                    parsed.GetValue(minimum),
                    parsed.GetValue(maximum),
                    parsed.GetValue(confidence));
                var name = parsed.GetRequiredValue(project);
                return client.CreateProjectAsync(
                    name,
                    new Brief(
                        parsed.GetValue(title) ?? name,
                        parsed.GetRequiredValue(purpose),
                        parsed.GetRequiredValue(question),
                        schema,
                        redundancy,
                        parsed.GetValue(order),
                        new HandOut(),
                        parsed.GetValue(price)),
                    cancellation);
            });
    }

    private static Command Move(string name, string description, ProjectMove move)
    {
        var project = Key();
        return Calls(new Command(name, description) { project }, (client, parsed, cancellation) => client.MoveAsync(parsed.GetRequiredValue(project), move, cancellation));
    }

    private static Command List()
    {
        var (url, key, json) = (Connection.Url(), Commands.Key(), Commands.Json());
        return new Command("list", "Lists every project.") { url, key, json }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var client = Connection.Open(parsed, url, key);
            var table = new Table().Border(TableBorder.Rounded).AddColumns("project", "title", "state", "owner", "paid");
            var projects = new List<CatalogueEntry>();
            await foreach (var entry in client.ProjectsAsync(cancellation))
            {
                projects.Add(entry);
                table.AddRow(Markup.Escape(entry.Project), Markup.Escape(entry.Title), entry.State.ToString(), Markup.Escape(entry.Owner), entry.Paid ? "yes" : "volunteers");
            }

            terminal.Console.Write(table);
            terminal.Report(new { Projects = projects });
            return 0;
        });
    }

    private static Argument<string> Key() => new("PROJECT") { Description = "Key of the project: letters, digits, dot, underscore, hyphen." };

    /// <summary>A command that makes one call about a project and shows where it stands then.</summary>
    private static Command Calls(Command command, Func<TroveClient, ParseResult, CancellationToken, Task<ProjectView>> call)
    {
        var (url, key, json) = (Connection.Url(), Commands.Key(), Commands.Json());
        command.Add(url);
        command.Add(key);
        command.Add(json);
        return command.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var client = Connection.Open(parsed, url, key);
            var view = await call(client, parsed, cancellation);
            terminal.Show(
                view.Brief.Title,
                ("project", view.Project),
                ("state", view.State.ToString()),
                ("brief version", view.BriefVersion.Text()),
                ("tasks", view.Tasks.Text()),
                ("pages closed", $"{view.ClosedPages.Text()} of {view.Pages.Text()}"));
            terminal.Report(view);
            return 0;
        });
    }
}

/// <summary>Where a developer's server is.</summary>
internal static class Connection
{
    /// <summary>The address that <c>trove run</c> listens on when it is not told another.</summary>
    public const string Standard = "http://127.0.0.1:5080";

    public static Option<Uri> Url() => new("--url") { Description = "Address of the server.", DefaultValueFactory = _ => new Uri(Standard), CustomParser = Commands.ParseUrl };

    /// <summary>A client with the key that the command line, the environment or the last sign-in gives.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static TroveClient Open(ParseResult parsed, Option<Uri> url, Option<string?> key)
    {
        var server = parsed.GetRequiredValue(url);
        return new TroveClient(server, Credentials.Need(server, parsed.GetValue(key)));
    }
}
