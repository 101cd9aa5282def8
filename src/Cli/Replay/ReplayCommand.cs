using System.CommandLine;
using Trove.Cli.Aggregation;
using Trove.Cli.Crowd;
using Trove.Cli.Hosting;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Consensus;

namespace Trove.Cli.Replay;

/// <summary><c>trove replay</c>: a real live session with the answers of a crowd that has been.</summary>
internal static class ReplayCommand
{
    /// <summary>The outcome that the session itself came to.</summary>
    private const string LiveMethod = "live";

    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("DIR") { Description = "A crowd data set (answers.csv, gold.csv), or with --photos a folder with images/ and labels.csv." };
        var policy = new Option<Policy>("--policy")
        {
            Description = "all, fixed:N, or dynamic[:MIN-MAX[@CONFIDENCE][,price:PRICE]]; dynamic alone takes 3 to half of the answers there are.",
            DefaultValueFactory = _ => Policy.Parse("dynamic")!,
            CustomParser = result =>
            {
                var parsed = Policy.Parse(result.Tokens[0].Value);
                if (parsed is null)
                {
                    result.AddError($"'{result.Tokens[0].Value}' is no policy; say all, fixed:N or dynamic:MIN-MAX@CONFIDENCE, such as dynamic:3-7@0.95.");
                }

                return parsed;
            },
        };
        var method = new Option<string>("--method") { Description = "Whose outcome to compare with gold: the session's own (live), or a method over the collected answers.", DefaultValueFactory = _ => LiveMethod };
        var seed = new Option<int>("--seed") { Description = "Order in which the workers come, and the chance in what simulated contributors answer.", DefaultValueFactory = _ => 1 };
        var (url, key) = (Commands.Url(), Commands.Key());
        var data = new Option<DirectoryInfo?>("--data") { Description = "Folder of the server's records; with --url it lets the audit see them." };
        var limit = Commands.Number("--time-limit", "Seconds after which a session that does not end is given up.", 600);
        var photos = new Option<bool>("--photos") { Description = "Run the session on photographs, with simulated contributors." };
        var contributors = Commands.Number("--contributors", "With --photos: how many contributors.", 12);
        var skill = new Option<double>("--accuracy") { Description = "With --photos: how often each contributor is right, 0 to 1.", DefaultValueFactory = _ => 0.85 };
        var json = Commands.Json();
        return new Command("replay", "Runs a live session with the answers of a crowd data set, one real client per worker.")
        {
            folder, policy, method, seed, url, key, data, limit, photos, contributors, skill, json,
        }.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var aggregator = parsed.GetValue(method) is { } name && name != LiveMethod ? AggregateCommand.Method(name) : null;
            var root = parsed.GetRequiredValue(folder);
            var asked = parsed.GetRequiredValue(policy);
            var askedText = parsed.GetResult(policy)!.Tokens is [var token] ? token.Value : "dynamic";
            IReplay replay = parsed.GetValue(photos)
                ? PhotoReplay.Load(root.FullName, parsed.GetValue(contributors), parsed.GetValue(skill), asked, parsed.GetValue(seed))
                : new CrowdReplay(CrowdData.Load(root.FullName), asked, parsed.GetValue(seed), aggregator);
            await using var server = await Server.OpenAsync(parsed.GetValue(url), parsed.GetValue(data), parsed.GetValue(key), cancellation);
            using var developer = new TroveClient(server.Url, server.Key);
            var session = new LiveSession(developer, terminal, TimeSpan.FromSeconds(parsed.GetValue(limit)), watchable: server.Process is null);
            var report = await replay.RunAsync(session, developer, cancellation);
            var audit = await server.StopAndAuditAsync(cancellation);
            report = report with { AuditClean = audit?.Clean, Policy = askedText };
            report.Show(terminal);
            Audit.AuditCommand.ShowFindings(terminal, audit);
            terminal.Report(report);
            return report.Sound ? 0 : 1;
        });
    }
}

/// <summary>A session to replay.</summary>
internal interface IReplay
{
    /// <summary>Runs it; the audit is not done yet.</summary>
    Task<ReplayReport> RunAsync(LiveSession session, TroveClient developer, CancellationToken cancellation);
}
