using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Accounts;

/// <summary>
/// Everything that Trove keeps of a person, as one JSON document. It is read and written piece by piece, so it may be of any length. Work that is not settled comes before the ledger: what is settled
/// while it is written stands in both, and nothing stands in neither.
/// </summary>
internal sealed class Exports(IGrainFactory grains, GrainCalls calls, IOptions<JsonOptions> json)
{
    /// <summary>How many ledger entries the document has, so that whoever reads it can tell how far it is. Each stands on a line of its own.</summary>
    public const string EntriesHeader = "Trove-Ledger-Entries";

    /// <summary>Tasks asked at a time.</summary>
    private const int Width = 64;

    private const int AuditSlice = 200;

    public async Task Write(HttpResponse response, Account account, CancellationToken cancellation)
    {
        var me = grains.GetGrain<IContributorGrain>(account.Contributor);
        var dossier = await calls.Run(me, static contributor => contributor.Dossier());
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = "attachment; filename=trove-export.json";
        response.Headers[EntriesHeader] = dossier.Settled.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var document = new Document(response.BodyWriter, json.Value.SerializerOptions, cancellation);
        document.Begin();
        document.Member("account", ExportedAccount.Of(account));
        document.Member("contributor", dossier);
        await document.Members("teams", Teams(account.Id));
        await document.Members("openWork", OpenWork(dossier));
        await document.Members("suspendedWork", Suspended(dossier));
        await document.Members("ledger", Ledger(me, dossier.Contributor));
        await document.Members("auditLog", AuditLog(account.Id));
        await document.End();
    }

    private async IAsyncEnumerable<ExportedTeam> Teams(string account)
    {
        foreach (var entry in await calls.Run((Catalogue: grains.GetGrain<ICatalogueGrain>(ICatalogueGrain.Key), account), static call => call.Catalogue.Of(call.account)))
        {
            var standing = await calls.Run((Project: grains.GetGrain<IProjectGrain>(entry.Project), account), static call => call.Project.RoleOf(call.account));
            yield return new ExportedTeam(entry.Project, entry.Title, standing.State, standing.Role, entry.Owner == account);
        }
    }

    /// <summary>Tasks that are not closed, of every project that the contributor ever joined: as many as are being worked on, however many there were.</summary>
    private async IAsyncEnumerable<ExportedWork> OpenWork(ContributorDossier dossier)
    {
        foreach (var project in dossier.Projects.OrEmpty())
        {
            foreach (var page in (await calls.Run(grains.GetGrain<IProjectGrain>(project), static grain => grain.UnfinishedPages())).OrEmpty())
            {
                var id = new PageId(project, TaskKinds.Label, page);
                var open = await calls.Run(grains.GetGrain<ITaskPoolGrain>(id.Key), static pool => pool.OpenTasks());
                foreach (var some in open.OrEmpty().Select(id.Task).Chunk(Width))
                {
                    foreach (var (task, work) in some.Zip(await Task.WhenAll(some.Select(task => WorkOf(task, dossier.Contributor)))).Where(found => !found.Second.IsNothing))
                    {
                        yield return new ExportedWork(task.Key, work);
                    }
                }
            }
        }
    }

    /// <summary>Work whose verdict was kept aside, which so stands neither in the ledger nor among open tasks.</summary>
    private async IAsyncEnumerable<ExportedWork> Suspended(ContributorDossier dossier)
    {
        foreach (var task in dossier.Suspended.OrEmpty().Select(suspended => suspended.Verdict.Task).Distinct())
        {
            yield return new ExportedWork(task.Key, await WorkOf(task, dossier.Contributor));
        }
    }

    private async IAsyncEnumerable<ExportedEntry> Ledger(IContributorGrain me, string contributor)
    {
        for (long? from = 0; from is { } at;)
        {
            var slice = await calls.Run((me, at), static call => call.me.Ledger(call.at));
            var answers = await Task.WhenAll(slice.Entries.OrEmpty().Select(entry => AnswerFor(entry, contributor)));
            foreach (var (entry, answer) in slice.Entries.OrEmpty().Zip(answers))
            {
                yield return new ExportedEntry(entry, answer);
            }

            from = slice.Next;
        }
    }

    /// <summary>The answer stands with the first verdict about it, and not with those that came later.</summary>
    private async Task<CountedAnswer?> AnswerFor(LedgerEntry entry, string contributor) =>
        entry is { Revision: 0, Kind: VerdictKind.Earned } ? (await WorkOf(entry.Task, contributor)).Answer : null;

    private Task<TaskWork> WorkOf(TaskId task, string contributor) =>
        calls.Run((Task: grains.GetGrain<ILabelTaskGrain>(task.Key), contributor), static call => call.Task.WorkOf(call.contributor));

    private async IAsyncEnumerable<AuditEntry> AuditLog(string account)
    {
        var log = grains.GetGrain<IAuditLogGrain>(AuditLogs.Account(account));
        var query = new AuditQuery(Limit: AuditSlice);
        do
        {
            var slice = await calls.Run((log, query), static call => call.log.Search(call.query));
            foreach (var entry in slice.Entries.OrEmpty())
            {
                yield return entry;
            }

            query = query with { Cursor = slice.Next };
        }
        while (query.Cursor is not null);
    }

    /// <summary>An object whose lists have each item on a line of its own: good to look through, and to count while it comes.</summary>
    private sealed class Document(PipeWriter body, JsonSerializerOptions options, CancellationToken cancellation)
    {
        private const int Enough = 16 * 1024;

        public void Begin() => Text("{\n\"format\":\"trove-export/1\"");

        public void Member<T>(string name, T value)
        {
            Text($",\n\"{name}\":");
            Value(value);
        }

        public async Task Members<T>(string name, IAsyncEnumerable<T> items)
        {
            Text($",\n\"{name}\":[");
            var before = "\n";
            await foreach (var item in items.WithCancellation(cancellation))
            {
                Text(before);
                Value(item);
                before = ",\n";
                if (body.UnflushedBytes >= Enough)
                {
                    await body.FlushAsync(cancellation);
                }
            }

            Text("]");
        }

        public async Task End()
        {
            Text("\n}\n");
            await body.FlushAsync(cancellation);
        }

        private void Value<T>(T value)
        {
            using var writer = new Utf8JsonWriter(body);
            JsonSerializer.Serialize(writer, value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        }

        private void Text(string text) => body.Write(Encoding.UTF8.GetBytes(text));
    }
}
