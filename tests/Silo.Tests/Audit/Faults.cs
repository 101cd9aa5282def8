using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Contributors;
using Trove.Grains.Labeling;
using Trove.Grains.Projects;
using Trove.Grains.Records;
using Trove.Silo.Audit;
using Trove.Silo.Records;

namespace Trove.Silo.Tests.Audit;

/// <summary>How each kind of fault is planted into an otherwise sound file.</summary>
internal static class Faults
{
    private static readonly PageId FirstPage = new(History.Project, TaskKinds.Label, 0);

    public static readonly IReadOnlyDictionary<string, Func<RecordEditor, Task>> ByCode = new Dictionary<string, Func<RecordEditor, Task>>
    {
        [AuditCodes.Damaged] = async file =>
        {
            var (id, record) = await file.ClosedTaskAsync(_ => true);
            await file.WriteAsync(RecordTable.Records, RecordKey.Of("task", id.Key, "task"), new RecordSerializer().Serialize(record)[..^1]);
        },
        [AuditCodes.ExtraAnswer] = async file =>
        {
            var (id, _) = await file.ClosedTaskAsync(task => task.Answers.Length == 3);
            await file.ChangeTaskAsync(id, task => task with { Policy = task.Policy! with { Redundancy = new Redundancy(RedundancyKind.Fixed, 2, 2) } });
        },
        [AuditCodes.LateAnswer] = async file =>
        {
            var (id, _) = await file.ClosedTaskAsync(task => task.Answers.Length > 0);
            await file.ChangeClosedAsync(id, task => task with { Answers = task.Answers.SetItem(0, task.Answers[0] with { At = task.RetiredAt.AddSeconds(1) }) });
        },
        [AuditCodes.SecondAnswer] = async file =>
        {
            var (id, task) = await file.OpenTaskAsync(task => task.Answers.Length > 0 && task.Policy!.Allowed == 0);
            var again = task.Answers[0] with { Assignment = (await file.HotAsync(task.Answers[0].Contributor)).UnusedNumber };
            await file.ChangeTaskAsync(id, t => t with { Answers = t.Answers.Add(again) });
        },
        [AuditCodes.NotAllowed] = async file =>
        {
            var (id, task) = await file.ClosedTaskAsync(task => task.Policy!.Allowed > 0 && task.Answers.Length > 0);
            await file.ChangeDefinitionAsync(id, item => item with { Allowed = item.Allowed.Replace(task.Answers[0].Contributor, "somebody-else") });
        },
        [AuditCodes.InvalidAnswer] = async file =>
        {
            var (id, _) = await file.OpenTaskAsync(task => task.Answers.Length > 0);
            await file.ChangeTaskAsync(id, task => task with { Answers = task.Answers.SetItem(0, task.Answers[0] with { Content = new AnswerContent([2], []) }) });
        },
        [AuditCodes.OutcomeWrong] = async file =>
        {
            var (id, _) = await file.ClosedTaskAsync(task => task.Outcome!.Reason == RetirementReason.Consensus && task.Outcome.Method == Outcome.Live);
            await file.ChangeClosedAsync(id, task => task with { Outcome = task.Outcome! with { Confidence = task.Outcome.Confidence - 1e-6 } });
        },
        [AuditCodes.TaskUnknown] = async file =>
        {
            var (_, task) = await file.OpenTaskAsync(task => task.Settled == 0);
            var beyond = FirstPage.Task(1000);
            await file.WriteAsync(RecordTable.Records, RecordKey.Of("task", beyond.Key, "task"), new RecordSerializer().Serialize(task with { Answers = [] }));
        },
        [AuditCodes.DefinitionsMissing] = file => file.RemoveAsync(RecordTable.Bulk, RecordKey.Of("pool", FirstPage.Key, TaskChunk.Name(1))),
        [AuditCodes.EvidenceMissing] = async file =>
        {
            var (id, _) = await file.ClosedTaskAsync(_ => true);
            await file.ChangeEvidenceAsync(id, _ => null);
        },
        [AuditCodes.EvidenceDiffers] = async file =>
        {
            var (id, _) = await file.ClosedTaskAsync(task => task.Answers.Length > 1);
            await file.ChangeEvidenceAsync(id, entry => entry with { Answers = entry.Answers.RemoveAt(1) });
        },
        [AuditCodes.TotalsWrong] = file => file.ChangeTotalsAsync(FirstPage, totals => totals with { Answers = totals.Answers + 1 }),
        [AuditCodes.UnbalancedLedger] = file => file.ChangeTotalsAsync(FirstPage, totals => totals with { SpentMinor = totals.SpentMinor + 1 }),
        [AuditCodes.NumberReused] = async file =>
        {
            var (id, open) = await file.OpenTaskAsync(task => task.Answers.Length > 0 && task.Settled == 0);
            var used = (await file.TasksAsync()).Where(task => task.Id != id).SelectMany(task => task.Record.Answers).First(answer => answer.Contributor == open.Answers[0].Contributor);
            await file.ChangeTaskAsync(id, task => task with { Answers = task.Answers.SetItem(0, task.Answers[0] with { Assignment = used.Assignment }) });
        },
        [AuditCodes.NumbersWrong] = file => file.ChangeHotAsync("c0", hot => hot.Reopen(hot.Tail[0].Assignment)),
        [AuditCodes.ContributorMissing] = file => file.RemoveAsync(RecordTable.Records, RecordEditor.HotKey("c1")),
        [AuditCodes.LedgerGap] = file => file.RemoveAsync(RecordTable.Bulk, RecordKey.Of("contributor", "c0", LedgerPage.Name(0))),
        [AuditCodes.UnbalancedWallet] = file => file.ChangeHotAsync("c2", hot => hot.EarnedMinor++),
        [AuditCodes.SettledTwice] = file => file.ChangeHotAsync("c3", hot => hot.Append(hot.Tail[0])),
        [AuditCodes.Unsettled] = async file =>
        {
            var closed = (await file.TasksAsync()).Where(task => task.IsClosed).Select(task => task.Id).ToHashSet();
            await file.ChangeHotAsync("c4", hot => hot.RemoveAt(hot.Tail.FindIndex(entry => closed.Contains(entry.Task))));
        },
        [AuditCodes.SettledWithoutVerdict] = async file =>
        {
            var (open, _) = await file.OpenTaskAsync(_ => true);
            await file.ChangeHotAsync("c5", hot =>
            {
                hot.Ended.Add(hot.UnusedNumber);
                hot.Append(hot.Tail[0] with { Task = open, Assignment = hot.UnusedNumber });
            });
        },
        [AuditCodes.AmountDiffers] = file => file.ChangeHotAsync("c6", hot =>
        {
            hot.Tail[0] = hot.Tail[0] with { AmountMinor = hot.Tail[0].AmountMinor + 5 };
            hot.EarnedMinor += 5;
        }),
        [AuditCodes.Suspense] = file => file.ChangeHotAsync("c7", hot => hot.Suspense.Add(new SuspendedVerdict(
            new Verdict("c7", 5000, 0, FirstPage.Task(0), VerdictKind.Earned, 10, LabelKind.YesNo, 2, 0.5), "This number was never given out."))),
        [AuditCodes.PageCount] = file => file.ChangeAsync<ProjectRecord>(
            RecordTable.Records,
            RecordKey.Of("project", History.Project, "project"),
            project => project with { Imports = project.Imports.SetItem("first", project.Imports["first"] with { Tasks = SoundFile.Tasks + 1 }) }),
    };

    /// <summary>Faults of tasks that were opened again, and the code that each is named by.</summary>
    public static readonly IReadOnlyDictionary<string, (string Code, Func<RecordEditor, Task> Plant)> OfReopened =
        new Dictionary<string, (string, Func<RecordEditor, Task>)>
        {
            ["an answer that was settled before is in no ledger"] = (AuditCodes.Unsettled, file => ForgetAsync(file, isOpen: true)),
            ["so while its task has retired again and not told its page"] = (AuditCodes.Unsettled, file => ForgetAsync(file, isOpen: false)),
            ["an answer is settled once more"] = (AuditCodes.SettledTwice, async file =>
            {
                var (_, contributor, at) = await SettledAsync(file, isOpen: true);
                await file.ChangeHotAsync(contributor, hot => hot.Append(hot.Tail[at]));
            }),
            ["there is no evidence of what it was closed as"] = (AuditCodes.EvidenceMissing, async file =>
                await file.ChangeEvidenceAsync((await file.OpenTaskAsync(task => task.Settled > 0)).Id, _ => null)),
            ["its page calls it closed"] = (AuditCodes.EvidenceMissing, async file =>
            {
                var (id, _) = await file.OpenTaskAsync(task => task.Settled > 0);
                await file.ChangePoolAsync(id.Page, pool =>
                {
                    var (closed, reopened) = (new PageBits(pool.Closed.AsSpan()), new PageBits(pool.Reopened.AsSpan()));
                    (closed[id.Index], reopened[id.Index]) = (true, false);
                    return pool with { Closed = [.. closed.Trimmed()], Reopened = [.. reopened.Trimmed()] };
                });
            }),
            ["its page forgot what it had spent"] = (AuditCodes.UnbalancedLedger, async file =>
            {
                var (id, record) = await file.OpenTaskAsync(task => task.Settled > 0 && task.Answers[0].PriceMinor > 0);
                await file.ChangeTotalsAsync(id.Page, totals => totals with { SpentMinor = totals.SpentMinor - record.Answers[0].PriceMinor });
            }),
            ["its page counts its answers among those of closed tasks"] = (AuditCodes.TotalsWrong, async file =>
            {
                var (id, record) = await file.OpenTaskAsync(task => task.Settled > 0);
                await file.ChangeTotalsAsync(id.Page, totals => totals with { Answers = totals.Answers + record.Settled });
            }),
            ["it says that more answers were settled than it has"] = (AuditCodes.OutcomeWrong, async file =>
                await file.ChangeTaskAsync((await file.OpenTaskAsync(task => task.Settled == 0)).Id, task => task with { Settled = task.Answers.Length + 1 })),
            ["a re-fit is surer than its own posterior"] = (AuditCodes.OutcomeWrong, file => MisjudgeAsync(file, outcome => outcome with { Confidence = outcome.Confidence - 0.001 })),
            ["a re-fit chose what is less likely"] = (AuditCodes.OutcomeWrong, file => MisjudgeAsync(file, outcome => outcome with { Content = new AnswerContent([1], []) })),
            ["a re-fit cancelled it"] = (AuditCodes.OutcomeWrong, file => MisjudgeAsync(file, outcome => outcome with { Reason = RetirementReason.Cancelled })),
        };

    private static async Task MisjudgeAsync(RecordEditor file, Func<Outcome, Outcome> change)
    {
        var (id, _) = await file.ClosedTaskAsync(task => task.Outcome!.Method != Outcome.Live);
        await file.ChangeClosedAsync(id, task => task with { Outcome = change(task.Outcome!) });
    }

    private static async Task ForgetAsync(RecordEditor file, bool isOpen)
    {
        var (_, contributor, at) = await SettledAsync(file, isOpen);
        await file.ChangeHotAsync(contributor, hot => hot.RemoveAt(at));
    }

    /// <summary>A ledger's entry of a task that opened again, and is open still or has retired without a word to its page.</summary>
    private static async Task<(TaskId Task, string Contributor, int At)> SettledAsync(RecordEditor file, bool isOpen)
    {
        foreach (var (id, record, isClosed) in await file.TasksAsync())
        {
            if (isClosed || record.Settled == 0 || record.Outcome is null != isOpen)
            {
                continue;
            }

            foreach (var answer in record.Answers[..record.Settled])
            {
                var at = (await file.HotAsync(answer.Contributor)).Tail.FindIndex(entry => entry.Task == id && entry.Assignment == answer.Assignment);
                if (at >= 0)
                {
                    return (id, answer.Contributor, at);
                }
            }
        }

        throw new InvalidOperationException("No ledger has such an entry.");
    }
}
