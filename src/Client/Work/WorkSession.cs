using System.Collections.Immutable;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Trove.Client.Connections;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Client.Work;

/// <summary>
/// A contributor at work. Items are pushed by the server and read from <see cref="Offers"/>; each is answered with <see cref="SubmitAsync"/> or given back with
/// <see cref="SkipAsync"/>. A lost connection is mended behind the scenes: the session joins again with the tokens it holds, and an answer that was not
/// acknowledged is sent again, which the server takes for the same one.
/// </summary>
/// <remarks>Costs one socket and one waiting state machine, no thread and no timer of its own while connected.</remarks>
public sealed partial class WorkSession : IAsyncDisposable
{
    private readonly WorkOptions _options;
    private readonly HubConnection _hub;
    private readonly HeldOffers _held = new();
    private readonly CancellationTokenSource _end = new();
    private Task _staying = Task.CompletedTask;
    private int _disposed;

    private WorkSession(WorkOptions options)
    {
        _options = options;
        _projects = options.Projects;
        _hub = TroveHub.Create(options.Server, "hubs/work", options.Key);
        _hub.On<Offer[]>("Offer", offers => OnOffersAsync([.. offers]));
        _hub.On<RecallNotice[]>("Recall", OnRecalls);
        _hub.On<RewardUpdate>("Reward", reward => _options.Rewarded?.Invoke(reward));
        _hub.On<WaitingNotice>("Waiting", waiting => _options.Waiting?.Invoke(waiting));
        _hub.On<Notice>("Notice", OnNotice);
        _hub.Closed += OnClosed;
    }

    /// <summary>The briefs worked under, as of the latest join.</summary>
    public ImmutableArray<BriefView> Briefs { get; private set; } = [];

    /// <summary>Connects and joins; throws when the first try fails.</summary>
    /// <exception cref="RefusedException">The server refused.</exception>
    public static async Task<WorkSession> JoinAsync(WorkOptions options, CancellationToken cancellation = default)
    {
        var session = new WorkSession(options);
        try
        {
            await session.ConnectAsync(cancellation);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }

        session._staying = session.StayConnectedAsync();
        return session;
    }

    /// <summary>Items to answer, in order of arrival, until the session ends. Throws what ended it, if that was a refusal.</summary>
    public IAsyncEnumerable<Offer> Offers(CancellationToken cancellation = default) => _held.ReadAsync(cancellation);

    /// <summary>Sends an answer and waits until the server has it on disk, however often the connection is lost meanwhile.</summary>
    /// <returns><see cref="SubmitStatus.Recalled"/> without a call when the item was recalled and the recall acknowledged before.</returns>
    /// <exception cref="RefusedException">The server refused the message, or failed in a way that waiting does not mend.</exception>
    public async Task<SubmitResult> SubmitAsync(Offer offer, ImmutableArray<string> values, CancellationToken cancellation = default)
    {
        if (!_held.Answer(offer))
        {
            return new SubmitResult(SubmitStatus.Recalled, "The item was recalled before it was answered.");
        }

        SubmitResult result;
        try
        {
            result = await InvokeAsync<SubmitResult>("Submit", () => [new SubmitRequest(_held.TokenOf(offer), values)], cancellation);
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
            _ = JoinAgainAsync(); // the reply that nobody waits for may have brought offers
            throw;
        }

        _held.End(offer, isCounted: result.Status is SubmitStatus.Accepted or SubmitStatus.AlreadyAccepted);
        await OnOffersAsync(result.Offers.OrEmpty());
        if (result.Rejoin)
        {
            _ = JoinAgainAsync();
        }

        return result;
    }

    /// <summary>Gives an item back: not me.</summary>
    /// <exception cref="RefusedException">The server refused.</exception>
    public async Task SkipAsync(Offer offer, CancellationToken cancellation = default)
    {
        var token = _held.TokenOf(offer);
        _held.End(offer);
        await InvokeAsync<object>("Skip", () => [new SkipRequest(token)], cancellation);
    }

    /// <summary>Keeps an unfinished answer on the server.</summary>
    /// <exception cref="RefusedException">The server refused.</exception>
    public Task SaveDraftAsync(Offer offer, string draft, CancellationToken cancellation = default) =>
        InvokeAsync<object>("SaveDraft", () => [new DraftRequest(_held.TokenOf(offer), draft)], cancellation);

    /// <summary>Tags that begin so, most used first, at most eight: those of the brief, and those that tasks closed by now had decided.</summary>
    /// <param name="project">One of the session's.</param>
    /// <param name="prefix">What is typed so far, at most <see cref="LabelSchema.MaxTagLength"/> characters; empty for the most used of all.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RefusedException">The server refused.</exception>
    public Task<ImmutableArray<string>> SuggestTagsAsync(string project, string prefix, CancellationToken cancellation = default) =>
        InvokeAsync<ImmutableArray<string>>("SuggestTags", () => [project, prefix], cancellation);

    /// <summary>Ends the session in good order: every lease goes back at once.</summary>
    public async Task LeaveAsync(CancellationToken cancellation = default)
    {
        if (_hub.State == HubConnectionState.Connected)
        {
            await _hub.InvokeAsync("Leave", cancellation);
        }

        await DisposeAsync();
    }

    /// <summary>Drops the connection; leases stay for the grace.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _end.CancelAsync();
            _held.Complete(cause: null);
            await _staying;
            await _hub.DisposeAsync();
        }
    }

    private async Task OnOffersAsync(ImmutableArray<Offer> offers)
    {
        foreach (var offer in offers)
        {
            _options.Offered?.Invoke(offer);
            await _held.AddAsync(offer, _end.Token);
        }
    }

    private void OnRecalls(RecallNotice[] recalls)
    {
        foreach (var recall in recalls)
        {
            if (_held.Drop(recall.Token))
            {
                _ = AcknowledgeAsync(recall.Token);
            }

            _options.Recalled?.Invoke(recall);
        }
    }

    private async Task AcknowledgeAsync(string token)
    {
        try
        {
            await _hub.InvokeAsync("Skip", new SkipRequest(token), _end.Token);
        }
        catch (Exception e) when (e is HubException || LostWithConnection(e))
        {
            // Best effort: a recall that is never acknowledged ends with the lease's own deadline.
        }
    }

    private void OnNotice(Notice notice)
    {
        _options.Noticed?.Invoke(notice);
        if (notice.Kind == NoticeKind.Superseded)
        {
            // Another connection works on: coming back would take the session away from it again.
            _held.Complete(cause: null);
            _end.Cancel();
        }
        else if (notice is { Kind: NoticeKind.BriefChanged, Brief: { } brief })
        {
            var others = _projects.RemoveAll(p => p.Project == brief.Project);
            _projects = _options.ConfirmBrief(brief) ? others.Add(new JoinProject(brief.Project, brief.Version)) : others;
            _ = JoinAgainAsync();
        }
        else if (notice.Kind == NoticeKind.Rejoin)
        {
            _ = JoinAgainAsync();
        }
    }

    /// <summary>Joins again on the connection that stands: the projects changed, or the server's memory of the session is gone.</summary>
    private async Task JoinAgainAsync()
    {
        try
        {
            if (_projects.IsEmpty)
            {
                _held.Complete(cause: null);
                await _hub.InvokeAsync("Leave", _end.Token);
            }
            else
            {
                var joined = await RejoinAsync(_end.Token);
                _options.Rejoined?.Invoke(joined);
            }
        }
        catch (RefusedException refusal)
        {
            _held.Complete(refusal);
        }
        catch (Exception e) when (e is HubException || LostWithConnection(e))
        {
            // The next connection joins with the projects as they are now.
        }
    }
}
