using Trove.Cli.Measuring;
using Trove.Contracts.Labeling;

namespace Trove.Cli.Crowd;

/// <summary>What became of a crowd's answers. Shared by all of its contributors.</summary>
internal sealed class CrowdTally
{
    private long _accepted;
    private long _recalled;
    private long _lost;
    private long _invalid;
    private long _errors;
    private long _delays;
    private string? _firstTrouble;

    /// <summary>Counted answers, acknowledged.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Answers that came after their task retired.</summary>
    public long Recalled => Interlocked.Read(ref _recalled);

    /// <summary>Answers whose lease had ended.</summary>
    public long LeaseLost => Interlocked.Read(ref _lost);

    /// <summary>Answers that made no sense to the server, and calls that failed.</summary>
    public long Errors => Interlocked.Read(ref _invalid) + Interlocked.Read(ref _errors);

    /// <summary>Calls that the server was too busy for and that were made again.</summary>
    public long Delays => Interlocked.Read(ref _delays);

    /// <summary>What the first of the errors said.</summary>
    public string? FirstTrouble => _firstTrouble;

    /// <summary>Submit to acknowledgement.</summary>
    public LatencyRecorder Acknowledgement { get; } = new();

    public void Count(SubmitStatus status, string? detail)
    {
        switch (status)
        {
            case SubmitStatus.Accepted or SubmitStatus.AlreadyAccepted:
                Interlocked.Increment(ref _accepted);
                break;
            case SubmitStatus.Recalled:
                Interlocked.Increment(ref _recalled);
                break;
            case SubmitStatus.LeaseLost:
                Interlocked.Increment(ref _lost);
                break;
            default:
                Interlocked.Increment(ref _invalid);
                Interlocked.CompareExchange(ref _firstTrouble, detail ?? status.ToString(), comparand: null);
                break;
        }
    }

    public void CountDelay(Exception refusal) => Interlocked.Increment(ref _delays);

    public void CountError(Exception error)
    {
        Interlocked.Increment(ref _errors);
        Interlocked.CompareExchange(ref _firstTrouble, error.Message, comparand: null);
    }
}
