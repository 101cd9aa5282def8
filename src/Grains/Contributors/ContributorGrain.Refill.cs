using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Contributors;

/// <summary>Keeps the window of leases filled, and waits in line where there is no work.</summary>
internal sealed partial class ContributorGrain
{
    private readonly HashSet<long> _asking = [];
    private bool _refilling;
    private bool _refillAgain;

    public Task<bool> Wake(WakeToken token)
    {
        if (_session?.Find(token.Page.Project) is not { } project || Wanted() == 0 || project.Had(token.Page.Page)[token.Index])
        {
            return Task.FromResult(false);
        }

        project.MayHaveWork(token.Page.Page);
        Refill();
        return Task.FromResult(true);
    }

    public Task WindowChanged(string project)
    {
        if (_session?.Find(project) is { } joined)
        {
            joined.IsStale = true;
            Refill();
        }

        return Task.CompletedTask;
    }

    /// <summary>Leases that the window lacks.</summary>
    private int Wanted()
    {
        if (_session is not { IsConnected: true, StintDone: false } session || _gate.IsFenced)
        {
            return 0;
        }

        var (held, submitting) = (0, 0);
        foreach (var lease in _leases.Values)
        {
            held += lease.InWindow ? 1 : 0;
            submitting += lease.Submitting ? 1 : 0;
        }

        var wanted = session.Window - held;
        if (session.Stint > 0)
        {
            wanted = Math.Min(wanted, session.Stint - session.Answered - held - submitting);
        }

        return Math.Max(0, wanted);
    }

    /// <summary>Looks for work unless somebody is at it already; never inside the turn of a caller.</summary>
    private void Refill()
    {
        _refillAgain = true;
        if (!_refilling)
        {
            _refilling = true;
            _ = RefillAsync();
        }
    }

    private async Task RefillAsync()
    {
        try
        {
            while (_refillAgain && _session is { } session)
            {
                _refillAgain = false;
                await FollowProjects(session);
                var found = true;
                while (found && _session == session && Wanted() is > 0 and var wanted)
                {
                    found = await FindWork(session, wanted);
                }

                if (_session == session && (!found || Wanted() == 0))
                {
                    // Not |=, which takes the old value from before the wait: a wake that came meanwhile would be lost.
                    if (await WaitForWork(session, found))
                    {
                        _refillAgain = true;
                    }
                }
            }
        }
        catch (Exception e)
        {
            LogRefillFailed(logger, _key, e);
            RetrySoon();
        }
        finally
        {
            _refilling = false;
        }
    }

    private async Task FollowProjects(WorkSession session)
    {
        foreach (var project in session.Projects)
        {
            if (!project.IsStale)
            {
                continue;
            }

            project.IsStale = false;
            if ((await Project(project.Key).Window()).Value is { } window)
            {
                var before = project.Window.BriefVersion;
                project.Follow(window);
                if (window.BriefVersion != before && window.BriefVersion != project.ConfirmedVersion)
                {
                    Push(notice: new Notice(NoticeKind.BriefChanged, project.Key, project.Brief));
                }
            }
        }
    }

    /// <summary>Asks page after page. True when something was leased, or an answer makes asking again worth while.</summary>
    private async Task<bool> FindWork(WorkSession session, int wanted)
    {
        foreach (var project in session.InTurn())
        {
            while (project.IsOpen && project.PageToTry(_key.GetHashCode(StringComparison.Ordinal)) is { } page)
            {
                var id = new PageId(project.Key, TaskKinds.Label, page);
                var deadline = Deadline(project);
                var reply = await Pool(id).Take(new TakeRequest(_key, wanted, project.ConfirmedVersion, deadline, project.HadWords(page)));
                switch (reply.Status)
                {
                    case TakeStatus.Taken:
                        project.Scarce = reply.Scarce && project.IsLastPage;
                        await LeaseAll(session, project, id, reply.Taken, deadline);
                        return true;

                    case TakeStatus.Nothing:
                        project.FoundNothing(page, reply.Version);
                        break;

                    default: // Confirm or Shut: the project has changed, or the page is done
                        project.FoundNothing(page, reply.Version);
                        project.IsStale = _refillAgain = true;
                        break;
                }
            }
        }

        return false;
    }

    private async Task LeaseAll(WorkSession session, JoinedProject project, PageId page, ImmutableArray<TakenTask> taken, DateTimeOffset deadline)
    {
        await ReserveNumbers();
        var had = project.Had(page.Page);
        var asked = new List<(TakenTask Taken, long Number, ILabelTaskGrain Task, Task<LeaseReply> Reply)>(taken.Length);
        foreach (var task in taken)
        {
            if (Hot.Numbers.TryTake(out var number))
            {
                had[task.Index] = true;
                _asking.Add(number);
                var grain = Grain(page.Task(task.Index));
                asked.Add((task, number, grain, grain.Lease(new LeaseRequest(_key, number, deadline, task.Policy))));
            }
        }

        var found = new List<HeldLease>(asked.Count);
        foreach (var (task, number, grain, reply) in asked)
        {
            HeldLease? held = null;
            try
            {
                held = Leased(project, page, task, number, deadline, grain, await reply);
            }
            catch (Exception e)
            {
                LeaseUnknown(project, page, task, number, deadline, e);
            }

            if (held is null)
            {
                continue;
            }

            if (_session?.Find(project.Key) is null)
            {
                _ = Quietly(Release(held.Lease, ReleaseCause.Released)); // the contributor left meanwhile, or joined other projects
                continue;
            }

            found.Add(held);
        }

        if (found.Count > 0 && _session is { } current)
        {
            current.Waiting = null;
            if (current.Carriers > 0)
            {
                current.Untold.AddRange(found);
            }
            else
            {
                Push(offers: [.. found.Select(ToOffer)]);
            }
        }
    }

    /// <summary>A task has answered the wish for a lease.</summary>
    private HeldLease? Leased(JoinedProject project, PageId page, TakenTask task, long number, DateTimeOffset deadline, ILabelTaskGrain grain, LeaseReply reply)
    {
        if (!_asking.Remove(number))
        {
            Hot.Numbers.Void(number); // granted, and recalled before the grant came
            return null;
        }

        if (reply.Status == LeaseStatus.Granted)
        {
            return Hold(new Lease(_key, page.Task(task.Index), number, reply.Incarnation, deadline, task.Policy), task.Definition, grain);
        }

        Hot.Numbers.Void(number);
        if (reply.Status is LeaseStatus.Full or LeaseStatus.Confirm or LeaseStatus.Closed)
        {
            project.Had(page.Page)[task.Index] = false;
        }

        if (reply.Status == LeaseStatus.Confirm)
        {
            project.IsStale = _refillAgain = true;
        }

        _ = Quietly(Pool(page).Mend(task.Index, _key, reply.Truth));
        return null;
    }

    /// <summary>A lease may have been granted or not. Released by number, its slot is free either way.</summary>
    private void LeaseUnknown(JoinedProject project, PageId page, TakenTask task, long number, DateTimeOffset deadline, Exception cause)
    {
        var id = page.Task(task.Index);
        _asking.Remove(number);
        project.Had(page.Page)[task.Index] = false; // not had: it is worth asking again
        LogLeaseUnknown(logger, _key, id, cause);
        _ = Quietly(Release(new Lease(_key, id, number, 0, deadline, task.Policy), ReleaseCause.Released));
    }

    /// <summary>Gets in line at every page that had nothing, and at the projects. True when something changed meanwhile.</summary>
    private async Task<bool> WaitForWork(WorkSession session, bool found)
    {
        if (found)
        {
            if (session.StintDone && _leases.Count == 0)
            {
                Say(session, WaitingReason.StintDone);
            }

            return false;
        }

        var until = Now + WaitRenewal * 2;
        var missed = await Task.WhenAll(session.Projects.Select(project => Wait(project, until)));
        if (missed.Contains(true))
        {
            return true;
        }

        if (!_leases.Values.Any(l => l.InWindow))
        {
            Say(session, session.Projects.All(p => p.Window.State == ProjectState.Closed) ? WaitingReason.Finished
                : session.Projects.All(p => p.Window.State != ProjectState.Live) ? WaitingReason.Paused
                : WaitingReason.NoSlotFree);
        }

        WaitAgainLater();
        return false;
    }

    private async Task<bool> Wait(JoinedProject project, DateTimeOffset until)
    {
        var missed = !await Project(project.Key).WaitForWindow(_key, project.Window.Version);
        project.IsStale |= missed;
        if (!project.IsOpen)
        {
            return missed;
        }

        var waits = project.Dry.Select(async dry =>
        {
            var id = new PageId(project.Key, TaskKinds.Label, dry.Key);
            return await Pool(id).Wait(new WaitRequest(_key, dry.Value, project.HadWords(dry.Key), until)) ? -1 : dry.Key;
        }).ToList();
        foreach (var page in await Task.WhenAll(waits))
        {
            if (page >= 0)
            {
                project.MayHaveWork(page);
                missed = true;
            }
        }

        return missed;
    }

    private void Say(WorkSession session, WaitingReason reason)
    {
        if (session.Waiting != reason)
        {
            session.Waiting = reason;
            Push(waiting: new WaitingNotice(reason));
        }
    }

    private void Push(
        ImmutableArray<Offer> offers = default,
        ImmutableArray<RecallNotice> recalls = default,
        RewardUpdate? reward = null,
        WaitingNotice? waiting = null,
        Notice? notice = null)
    {
        if (_session is { IsConnected: true } session)
        {
            _ = PushAsync(session, new ContributorPush(offers.OrEmpty(), recalls.OrEmpty(), reward, waiting, notice));
        }
    }

    /// <summary>
    /// A push that did not arrive may have held an offer, and a lease that the client never heard of would be renewed for ever. So the session counts
    /// as lost: the client is told to join again, which brings every lease back, or the leases are given back after the grace.
    /// </summary>
    private async Task PushAsync(WorkSession session, ContributorPush push)
    {
        try
        {
            await session.Origin.Sink.Push(session.Origin.Connection, push);
        }
        catch (Exception e)
        {
            LogPushLost(logger, _key, e);
            if (session.IsConnected)
            {
                session.LostAt = Now;
                Arm();
            }
        }
    }
}
