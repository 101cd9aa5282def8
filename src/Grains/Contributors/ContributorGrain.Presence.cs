using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;

namespace Trove.Grains.Contributors;

/// <summary>Presence, and what it keeps alive: leases are renewed while the client is there and given back a short grace after it is gone.</summary>
internal sealed partial class ContributorGrain
{
    private static readonly TimeSpan RenewPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WaitRenewal = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>A reward says how things stand, so the latest is enough: no more than two a second.</summary>
    private static readonly TimeSpan RewardPeriod = TimeSpan.FromMilliseconds(500);

    private IGrainTimer? _clock;
    private DateTimeOffset _renewAt;
    private DateTimeOffset _refillAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _rewardAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _rewardedAt;

    public Task Disconnected(long session)
    {
        if (_session is { IsConnected: true } current && current.Number == session)
        {
            current.LostAt = Now;
            Arm();
        }

        return Task.CompletedTask;
    }

    public Task<PresenceStatus> Present(long session)
    {
        if (_session is null || _session.Number < session)
        {
            return Task.FromResult(PresenceStatus.Unknown);
        }

        if (_session.Number > session)
        {
            return Task.FromResult(PresenceStatus.Superseded);
        }

        _session.PresentAt = Now;
        return Task.FromResult(_session.IsConnected ? PresenceStatus.Current : PresenceStatus.Unknown);
    }

    private void StartClock()
    {
        _renewAt = Now + RenewPeriod;
        _refillAt = DateTimeOffset.MaxValue;
        _clock ??= this.RegisterGrainTimer(
            ClockTick, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        Arm();
    }

    private void StopClock()
    {
        _clock?.Dispose();
        _clock = null;
    }

    private void WaitAgainLater()
    {
        // Spread, so that those who began to wait together do not come back together.
        var jitter = (uint)_key.GetHashCode(StringComparison.Ordinal) % 5000;
        _refillAt = Now + WaitRenewal - TimeSpan.FromMilliseconds(jitter);
        Arm();
    }

    /// <summary>Tells the client of its reward now, or when the time for it has come.</summary>
    private void RewardChanged()
    {
        var now = Now;
        if (now >= _rewardedAt + RewardPeriod)
        {
            PushReward(now);
        }
        else if (_rewardAt == DateTimeOffset.MaxValue)
        {
            _rewardAt = _rewardedAt + RewardPeriod;
            Arm();
        }
    }

    private void PushReward(DateTimeOffset now)
    {
        (_rewardedAt, _rewardAt) = (now, DateTimeOffset.MaxValue);
        Push(reward: new RewardUpdate(_pending.Count, Hot.Wallet.Earned, Hot.Wallet.EarnedMinor, Hot.RewardVersion));
    }

    private void RetrySoon()
    {
        _refillAt = Now + RetryPause;
        Arm();
    }

    /// <summary>One single-shot timer for all deadlines of this contributor.</summary>
    private void Arm()
    {
        if (_session is not { } session || _clock is null)
        {
            return;
        }

        var next = session.LostAt is { } lost ? lost + session.Grace : session.PresentAt + WorkSession.PresenceLimit;
        next = _renewAt < next ? _renewAt : next;
        next = _refillAt < next ? _refillAt : next;
        next = _rewardAt < next ? _rewardAt : next;
        var due = next - Now;
        _clock.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task ClockTick()
    {
        try
        {
            await OnClock();
        }
        finally
        {
            Arm(); // whatever failed: without a next tick nothing would be renewed, given back or looked for again
        }
    }

    private async Task OnClock()
    {
        var now = Now;
        if (_session is not { } session)
        {
            return;
        }

        if (session.IsConnected && now >= session.PresentAt + WorkSession.PresenceLimit)
        {
            session.LostAt = now; // the frontend is gone and can't say so
        }

        if (session.LostAt is { } lost && now >= lost + session.Grace)
        {
            _session = null;
            StopClock();
            await ReleaseAll();
            return;
        }

        if (now >= _rewardAt)
        {
            PushReward(now);
        }

        if (now >= _refillAt)
        {
            _refillAt = DateTimeOffset.MaxValue;
            foreach (var project in session.Projects)
            {
                project.IsStale |= session.Waiting is not null;
            }

            Refill();
        }

        if (now >= _renewAt)
        {
            _renewAt = now + RenewPeriod;
            await RenewAll(session, now);
        }
    }

    /// <summary>Moves the deadlines of the window. A lease that its task no longer knows is over.</summary>
    private async Task RenewAll(WorkSession session, DateTimeOffset now)
    {
        foreach (var held in _leases.Values.ToList())
        {
            if (held.RecalledAt < now - LabelTaskRecallGrace)
            {
                Drop(held);
                continue;
            }

            if (!held.InWindow || session.Find(held.Lease.Task.Project) is not { } project)
            {
                continue;
            }

            var deadline = Deadline(project);
            bool live;
            try
            {
                // A task that lost its memory knows the lease again when it is asked for under its own number.
                live = await Grain(held.Lease.Task).Renew(_key, held.Lease.Assignment, deadline)
                    || (_leases.ContainsKey(held.Lease.Assignment) && await AskAgain(held.Lease, deadline));
            }
            catch (Exception)
            {
                continue; // unknown; a lease outlives a missed renewal or two
            }

            if (live)
            {
                held.Deadline = deadline;
            }
            else if (_leases.ContainsKey(held.Lease.Assignment) && !held.Submitting)
            {
                Drop(held);
                Push(recalls: [new RecallNotice(held.Token, RetirementReason.None)]);
            }
        }

        Refill();
    }

    private async Task<bool> AskAgain(Lease lease, DateTimeOffset deadline) =>
        (await Grain(lease.Task).Lease(new LeaseRequest(_key, lease.Assignment, deadline, lease.Policy))).Status == LeaseStatus.Granted;

    private static TimeSpan LabelTaskRecallGrace => Labeling.LabelTask.RecallGrace;

    private void Drop(HeldLease held)
    {
        if (_leases.Remove(held.Lease.Assignment))
        {
            Hot.Numbers.Void(held.Lease.Assignment);
            ForgetDraft(held.Lease.Assignment);
        }
    }

    private void Supersede(SessionOrigin origin)
    {
        if (_session is { IsConnected: true } old && (old.Origin.Connection != origin.Connection || old.Origin.Frontend != origin.Frontend))
        {
            Push(notice: new Notice(NoticeKind.Superseded, null, null));
        }
    }

    private void ReleaseLeasesOutside(WorkSession session)
    {
        foreach (var held in _leases.Values.Where(l => session.Find(l.Lease.Task.Project) is null && !l.Submitting).ToList())
        {
            _ = Quietly(Release(held.Lease, ReleaseCause.Released));
        }
    }

    private Task ReleaseAll() => Task.WhenAll(
        _leases.Values.Where(l => !l.Submitting).Select(l => Quietly(Release(l.Lease, ReleaseCause.Released))).ToList());

    /// <summary>Gives a slot back. The number ends here only once its task knows; else the lease ends by time.</summary>
    private async Task Release(Lease lease, ReleaseCause cause)
    {
        if (_leases.Remove(lease.Assignment))
        {
            ForgetDraft(lease.Assignment);
        }

        var truth = await Grain(lease.Task).Release(new ReleaseRequest(_key, lease.Assignment, cause, lease.Policy));
        Hot.Numbers.Void(lease.Assignment);
        await Pool(lease.Task.Page).Mend(lease.Task.Index, _key, truth);
    }
}
