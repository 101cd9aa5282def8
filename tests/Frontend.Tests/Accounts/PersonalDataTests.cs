using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Contracts.Contributors;
using Trove.Frontend.Accounts;
using Trove.Frontend.Hosting;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity.Mail;
using Trove.Frontend.Tests.Host;
using Trove.Grains.Records;
using Trove.Silo.Audit;
using Trove.Silo.Records;

namespace Trove.Frontend.Tests.Accounts;

/// <summary>What is kept of a person is known, record by record; all of it can be taken home; and nothing that names the person outlives its wish to be erased.</summary>
public sealed class PersonalDataTests
{
    /// <summary>
    /// Every kind of record, by hand. One that is missing here fails, so whoever adds a kind says what it holds of persons, where that stands in an export, and what an erasure does to it.
    /// </summary>
    private static readonly Dictionary<string, Row> Kinds = new(StringComparer.Ordinal)
    {
        ["account"] = new(Holds.Account | Holds.Contributor | Holds.Person, "account", "All but that the id was used."),
        ["api-key"] = new(Holds.Account | Holds.Person, "account.keys", "All but that the id was used."),
        ["email"] = new(Holds.Account, "account.emailKey", "Given up; the key is a keyed hash of the address."),
        ["login"] = new(Holds.Account, "account.logins", "Given up; the key is a keyed hash of provider and subject."),
        ["profile"] = new(Holds.Contributor | Holds.Person, "contributor.profile, contributor.projects", "All but that nobody works as it again."),
        ["drafts"] = new(Holds.Contributor | Holds.Person, "contributor.drafts", "All."),
        ["contributor"] = new(Holds.Contributor, "contributor, ledger", "Stays: money, under an id that names nobody."),
        ["ledger-page"] = new(Holds.Contributor, "ledger", "Stays, as law asks, under an id that names nobody."),
        ["task"] = new(Holds.Contributor, "openWork, suspendedWork, ledger.answer; of closed tasks not who skipped or was recalled, which says nothing but that an item was offered", "Stays under an id that names nobody."),
        ["segment"] = new(Holds.Contributor, "ledger.answer: it repeats closed tasks", "Stays under an id that names nobody."),
        ["chunk"] = new(Holds.Contributor, "not: whom a developer allowed to answer, by an id that the contributor gave it", "Stays under an id that names nobody."),
        ["project"] = new(Holds.Account, "teams", "Left; the last owner of a closed project stays, as an id that names nobody."),
        ["catalogue"] = new(Holds.Account, "teams", "As the projects."),
        ["audit-log"] = new(Holds.Account, "auditLog", "The person's own is forgotten; that of the month keeps the id that names nobody."),
        ["audit-page"] = new(Holds.Account, "auditLog", "As the log."),
        ["erasures"] = new(Holds.Account, "not: who is in it can't ask any more", "Leaves it when nothing is left."),
        ["first-admin"] = new(Holds.Account, "not: the id of who was first, which the audit log says too", "Stays as an id that names nobody."),
        ["guest"] = new(Holds.Contributor | Holds.Person, "not: handed in when the address is confirmed, and empty before anybody can ask", "All."),
        ["pool"] = new(Holds.Nothing, "", ""),
        ["key-ring"] = new(Holds.Nothing, "", ""),
    };

    /// <summary>Kinds that Ann's life does not bring about here, or not with her in it.</summary>
    private static readonly string[] NotHers = ["audit-page", "erasures", "first-admin", "guest", "login"];

    [Flags]
    private enum Holds
    {
        Nothing = 0,
        Account = 1,
        Contributor = 2,
        Person = 4,
    }

    [Fact]
    public void Every_kind_of_record_has_a_row()
    {
        var kinds = typeof(RecordSerializer).Assembly.GetTypes()
            .Where(type => type is { IsInterface: false, IsAbstract: false } && type.GetInterfaces().Any(face => face.FullName == "Trove.Grains.Records.IRecord"))
            .Select(type => (string)type.GetProperty("RecordKind", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);

        Assert.Equal(kinds.Order(StringComparer.Ordinal), Kinds.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_records_hold_of_a_person_what_their_rows_say_and_the_export_has_it()
    {
        await using var trove = await FilledTrove.Start();
        var export = await trove.Export();
        var rows = Records(trove.Server.DataFolder);

        foreach (var (kind, expected) in Kinds.Where(kind => !NotHers.Contains(kind.Key)))
        {
            var found = rows.Where(row => row.Kind == kind).Aggregate(Holds.Nothing, (all, row) => all | InRow(row, trove));
            Assert.True(expected.Holds == found, $"Records of kind {kind} should hold {expected.Holds} and hold {found}");
        }

        Assert.All(rows, row => Assert.Equal(InRow(row, trove), InRow(row, trove) & Kinds[row.Kind].Holds));

        // Account, keys, address, profile, drafts.
        var account = export.GetProperty("account");
        Assert.Equal((trove.Account, trove.Contributor, trove.Ann.Email, trove.Ann.Name), (Text(account, "account"), Text(account, "contributor"), Text(account, "email"), Text(account, "name")));
        Assert.True(account.GetProperty("hasPassword").GetBoolean());
        Assert.Equal(["developer"], account.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal(KeysOf(rows, "api-key", trove.Account), account.GetProperty("keys").EnumerateArray().Select(key => Text(key, "id")).Order(StringComparer.Ordinal));
        Assert.Equal(KeysOf(rows, "email", trove.Account), [Text(account, "emailKey")]);
        var contributor = export.GetProperty("contributor");
        Assert.Equal("AT", Text(contributor.GetProperty("profile"), "region"));
        Assert.Equal(["solo", "pairs", "named"], contributor.GetProperty("projects").EnumerateArray().Select(project => project.GetString()));
        Assert.Equal([FilledTrove.Draft], contributor.GetProperty("drafts").EnumerateArray().Select(draft => Text(draft, "draft")));
        Assert.Single(contributor.GetProperty("suspended").EnumerateArray());

        // Teams.
        Assert.Equal(KeysOf(rows, "project", trove.Account), export.GetProperty("teams").EnumerateArray().Select(team => Text(team, "project")).Order(StringComparer.Ordinal));

        // Every answer in the file, and the whole ledger.
        var ledger = export.GetProperty("ledger").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, ledger.Count), ledger.Select(line => line.GetProperty("entry").GetProperty("sequence").GetInt32()));
        Assert.Equal(contributor.GetProperty("settled").GetInt32(), ledger.Count);
        Assert.InRange(ledger.Count, FilledTrove.Settled, FilledTrove.Settled + 1);
        Assert.Equal(contributor.GetProperty("earnedMinor").GetInt64(), ledger.Sum(line => line.GetProperty("entry").GetProperty("amountMinor").GetInt64()));
        var exported = ledger.Select(line => line.GetProperty("answer"))
            .Concat(export.GetProperty("openWork").EnumerateArray().Select(work => work.GetProperty("work")).Where(work => work.TryGetProperty("answer", out var answer) && answer.ValueKind == JsonValueKind.Object).Select(work => work.GetProperty("answer")))
            .Select(answer => answer.GetProperty("assignment").GetInt64());
        var onDisk = RecordAudit.ReadAnswers(trove.Server.DataFolder).Where(answer => answer.Contributor == trove.Contributor).Select(answer => answer.Assignment);
        Assert.Equal(onDisk.Order(), exported.Order());
        Assert.Contains(export.GetProperty("openWork").EnumerateArray(), work => Text(work, "task").StartsWith("named/", StringComparison.Ordinal) && work.GetProperty("work").GetProperty("skipped").GetBoolean());

        // What the log of the month says of her.
        var month = await trove.Grains.GetGrain<IAuditLogGrain>(AuditLogs.Month(DateTimeOffset.UtcNow)).Search(new AuditQuery(Limit: 200));
        var log = export.GetProperty("auditLog").EnumerateArray().Select(entry => Text(entry, "id")).ToHashSet(StringComparer.Ordinal);
        Assert.Null(month.Next);
        Assert.All(month.Entries.Where(entry => entry.By.Account == trove.Account || entry.Target == AuditLogs.Account(trove.Account)), entry => Assert.Contains(entry.Id, log));
        Assert.Contains(export.GetProperty("auditLog").EnumerateArray(), entry => Text(entry, "act") == "account.exported");

        // No secret.
        var text = export.GetRawText();
        var whole = (await trove.Grains.GetGrain<IAccountGrain>(trove.Account).Read()).Value!;
        Assert.DoesNotContain(whole.PasswordHash!, text, StringComparison.Ordinal);
        Assert.DoesNotContain(whole.Stamp, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_an_erasure_no_file_and_no_log_names_the_person_and_the_money_is_right()
    {
        await using var trove = await FilledTrove.Start();
        var needles = Needles(trove.Ann.Email, trove.Ann.Name, FilledTrove.OtherAddress, FilledTrove.Draft, "Annabel's laptop");
        Assert.NotEmpty(Found(trove.Server.DataFolder, needles));
        var before = await trove.Grains.GetGrain<IContributorGrain>(trove.Contributor).Statement();

        await trove.Ann.Refused("password-refused", "me/erase", new { password = "something quite different" });
        await trove.Ann.Refused("last-owner", "me/erase", new { password = Person.Password });
        Assert.Equal(HttpStatusCode.OK, (await trove.Ann.Get("me")).StatusCode);
        await trove.Ann.Expect(HttpStatusCode.NoContent, "me/erase", new { password = Person.Password, closeProjects = true });

        Assert.Empty(Found(trove.Server.DataFolder, needles));
        Assert.All(trove.Server.Log.AtLeast(LogLevel.Trace), line => Assert.False(
            line.Contains(trove.Ann.Email, StringComparison.OrdinalIgnoreCase) || line.Contains(trove.Ann.Name, StringComparison.OrdinalIgnoreCase), line));
        Assert.DoesNotContain(Records(trove.Server.DataFolder), row => row.Kind is not "account" && InRow(row, trove).HasFlag(Holds.Account | Holds.Contributor));

        // Nobody comes in as her any more, and who was in is out.
        await trove.AtWork.Ended;
        Assert.Equal(HttpStatusCode.Unauthorized, (await trove.Ann.Get("me")).StatusCode);
        await trove.Ann.Refused("sign-in-refused", "account/sign-in", new { email = trove.Ann.Email, password = Person.Password });
        using var http = new HttpClient { BaseAddress = trove.Server.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", trove.Key) } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/me")).StatusCode);
        Assert.Equal("closed", (await trove.Grains.GetGrain<Contracts.Projects.IProjectGrain>("anns").View()).Value!.State.ToString().ToLowerInvariant());

        // What she had answered counts, and is settled to an id that names nobody.
        await using (var bob = await trove.Worker("pairs"))
        await using (var carl = await trove.Worker("pairs", user: "carl"))
        {
            _ = FilledTrove.AnswerAll(bob); // until their connections end
            _ = FilledTrove.AnswerAll(carl);
            await trove.Closed("pairs", 3);
        }

        var after = await trove.Grains.GetGrain<IContributorGrain>(trove.Contributor).Statement();
        Assert.Equal(FilledTrove.Settled + 2, after.Earned);
        Assert.InRange(after.EarnedMinor, before.EarnedMinor, before.EarnedMinor + 10);
        var report = await RecordAudit.RunAsync(trove.Server.DataFolder);
        Assert.DoesNotContain(report.Findings, finding => finding.Code != AuditCodes.Suspense); // that one was made by hand

        // The address is free, and its next owner begins anew.
        using var next = await Person.SignedIn(trove.Server);
        Assert.NotEqual(trove.Account, (await next.Me()).GetProperty("account").GetString());
    }

    [Fact]
    public async Task An_erasure_that_is_held_up_locks_the_person_out_and_is_finished_later()
    {
        await using var server = await TroveServer.Start(null, "--Trove:SignInsPerMinute=0");
        using var ann = await Person.SignedIn(server);
        var account = (await ann.Me()).GetProperty("account").GetString()!;
        var grains = server.Services.GetRequiredService<IGrainFactory>();
        var file = new FileOf(heldUp: true);

        Assert.Equal((false, null), await Make(server, file).Erase(new Erasure(account, new Actor(account), CloseProjects: false)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await ann.Get("me")).StatusCode);
        Assert.Equal(account, Assert.Single(await grains.GetGrain<IErasuresGrain>(IErasuresGrain.Key).Pending()).Account);

        file.HeldUp = false;
        using var later = Make(server, file);
        await later.StartAsync(CancellationToken.None);
        await file.Completed;
        await later.StopAsync(CancellationToken.None); // waits for what it is at
        Assert.Empty(await grains.GetGrain<IErasuresGrain>(IErasuresGrain.Key).Pending());
        Assert.Empty(ann.Inbox());
    }

    [Fact]
    public async Task An_erasure_that_is_held_up_holds_up_no_other()
    {
        await using var server = await TroveServer.Start(null, "--Trove:SignInsPerMinute=0");
        using var ann = await Person.SignedIn(server);
        var account = (await ann.Me()).GetProperty("account").GetString()!;
        var list = server.Services.GetRequiredService<IGrainFactory>().GetGrain<IErasuresGrain>(IErasuresGrain.Key);
        await list.Begin(new Erasure("first", new Actor("first"), CloseProjects: false));
        await list.Begin(new Erasure(account, new Actor(account), CloseProjects: false));
        var file = new FileOf(heldUp: true) { HoldsUp = 1 };

        using var erasures = Make(server, file);
        await erasures.StartAsync(CancellationToken.None);
        await file.Completed;
        await erasures.StopAsync(CancellationToken.None); // waits for what it is at
        Assert.Equal("first", Assert.Single(await list.Pending()).Account);
    }

    private static Erasures Make(TroveServer server, IErasure file) => new(
        server.Services.GetRequiredService<IGrainFactory>(),
        server.Services.GetRequiredService<GrainCalls>(),
        server.Services.GetRequiredService<MailFolder>(),
        TimeProvider.System,
        NullLogger<Erasures>.Instance,
        file);

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>Every record in the file, with its kind.</summary>
    private static List<(string Kind, string Key, string Value)> Records(string folder)
    {
        using var file = RecordFileReader.Open(folder);
        return [.. Enum.GetValues<RecordTable>().SelectMany(table => file.Scan(table)).Select(row =>
            (RecordHeader.Read(row.Value.Span).Kind, row.Key, Encoding.UTF8.GetString(row.Value.Span)))];
    }

    private static Holds InRow((string Kind, string Key, string Value) row, FilledTrove trove)
    {
        var text = $"{row.Key} {row.Value}";
        string[] personal = [trove.Ann.Email, trove.Ann.Name, FilledTrove.Draft, "Annabel's laptop", "Annabel\\u0027s laptop"];
        return (text.Contains(trove.Account, StringComparison.Ordinal) ? Holds.Account : Holds.Nothing)
            | (text.Contains(trove.Contributor, StringComparison.Ordinal) ? Holds.Contributor : Holds.Nothing)
            | (personal.Any(word => text.Contains(word, StringComparison.Ordinal)) || (row.Kind == "profile" && row.Value.Contains("AT", StringComparison.Ordinal)) ? Holds.Person : Holds.Nothing);
    }

    /// <summary>Keys of grains whose records of a kind hold an id.</summary>
    private static IEnumerable<string> KeysOf(List<(string Kind, string Key, string Value)> rows, string kind, string id) =>
        rows.Where(row => row.Kind == kind && row.Value.Contains(id, StringComparison.Ordinal)).Select(row => row.Key.Split('/')[1].Split('#')[0]).Order(StringComparer.Ordinal);

    /// <summary>Words as they could stand in a file: in several encodings and escapings, in base 64 at each of its three offsets.</summary>
    private static List<byte[]> Needles(params string[] words) =>
    [
        .. words.SelectMany(word => new[] { word, word.ToUpperInvariant(), word.ToLowerInvariant(), Uri.EscapeDataString(word), JsonSerializer.Serialize(word).Trim('"') }.Distinct(StringComparer.Ordinal)
            .SelectMany(form => new[] { Encoding.UTF8.GetBytes(form), Encoding.Unicode.GetBytes(form), Encoding.BigEndianUnicode.GetBytes(form) }.Concat(Base64(form)))),
    ];

    private static IEnumerable<byte[]> Base64(string word)
    {
        for (var offset = 0; offset < 3; offset++)
        {
            // Without what depends on the neighbours.
            var text = Convert.ToBase64String([.. new byte[offset], .. Encoding.UTF8.GetBytes(word)]).TrimEnd('=');
            yield return Encoding.ASCII.GetBytes(text[(offset == 0 ? 0 : offset + 1)..^1]);
        }
    }

    private static List<string> Found(string folder, List<byte[]> needles)
    {
        var found = new List<string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (new FileInfo(path).Length == 0)
            {
                continue; // the lock of the folder, which nobody else may open
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            found.AddRange(needles.Where(needle => bytes.AsSpan().IndexOf(needle) >= 0).Select(needle => $"{path}: {Regex.Escape(Encoding.Latin1.GetString(needle))}"));
            if (needles.Any(needle => Encoding.UTF8.GetBytes(path).AsSpan().IndexOf(needle) >= 0))
            {
                found.Add(path);
            }
        }

        return found;
    }

    private sealed record Row(Holds Holds, string Export, string Erase);

    /// <summary>The record file, as far as an erasure knows it.</summary>
    private sealed class FileOf(bool heldUp) : IErasure
    {
        private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HeldUp { get; set; } = heldUp;

        /// <summary>How many are held up before none is any more.</summary>
        public int HoldsUp { get; set; } = int.MaxValue;

        public Task Completed => _completed.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public Task CompleteAsync()
        {
            if (HeldUp && HoldsUp-- > 0)
            {
                return Task.FromException(new IOException("Somebody reads an older state."));
            }

            _completed.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
