using System.Collections.Immutable;
using System.Threading.Channels;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;

namespace Trove.Frontend.Tests.Host;

/// <summary>A contributor that remembers what it was asked, and does what a test tells it to.</summary>
internal sealed class FakeContributor : IContributorGrain
{
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();
    private long _session;

    public SessionOrigin? Origin { get; private set; }

    public ImmutableArray<Offer> Resumed { get; set; } = default;

    public Func<SubmitRequest, Task<SubmitResult>> OnSubmit { get; set; } = _ => Task.FromResult(new SubmitResult(SubmitStatus.Accepted));

    public Func<long, PresenceStatus> OnPresent { get; set; } = _ => PresenceStatus.Current;

    public TaskCompletionSource? HoldJoin { get; set; }

    /// <summary>The next call that was made, by name.</summary>
    public async Task<string> NextCall() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public async Task<Result<JoinResult>> Join(SessionOrigin origin, JoinRequest request)
    {
        Origin = origin;
        await Say("Join");
        if (HoldJoin is { } hold)
        {
            await hold.Task;
        }

        return new JoinResult(Interlocked.Increment(ref _session), default, Resumed, default);
    }

    public Task Push(ContributorPush push) => Origin!.Sink.Push(Origin.Connection, push);

    public Task<SubmitResult> Submit(long session, SubmitRequest request) => OnSubmit(request);

    public Task<Result<Done>> Skip(long session, SkipRequest request) => Task.FromResult<Result<Done>>(new Problem("lease-lost", "Gone."));

    public Task<Result<Done>> SaveDraft(long session, DraftRequest request) => Task.FromResult<Result<Done>>(Done.Instance);

    public Task Leave(long session) => Say($"Leave {session}");

    public Task Disconnected(long session) => Say($"Disconnected {session}");

    public Task<PresenceStatus> Present(long session) => Task.FromResult(OnPresent(session));

    public Task<ContributorProfile> GetProfile() => throw new NotSupportedException();

    public Task<Result<ContributorProfile>> SetProfile(ContributorProfile said) => throw new NotSupportedException();

    public Task<ImmutableArray<long>> TakeNumbers(int count) => throw new NotSupportedException();

    public Task<HeldFate> SubmitHeld(HeldAnswer answer) => throw new NotSupportedException();

    public Task Settle(ImmutableArray<Verdict> verdicts) => throw new NotSupportedException();

    public Task<bool> Recall(TaskId task, long assignment, RetirementReason reason) => throw new NotSupportedException();

    public Task<bool> Wake(WakeToken token) => throw new NotSupportedException();

    public Task WindowChanged(string project) => throw new NotSupportedException();

    public Task<Statement> Statement() => Task.FromResult(new Statement("ann", 0, 0, 50, default));

    public Task<ContributorDossier> Dossier() => throw new NotSupportedException();

    public Task<LedgerSlice> Ledger(long from) => throw new NotSupportedException();

    public Task Forget() => throw new NotSupportedException();

    private Task Say(string call)
    {
        _calls.Writer.TryWrite(call);
        return Task.CompletedTask;
    }
}
