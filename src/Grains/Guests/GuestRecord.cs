using System.Collections.Immutable;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Grains.Records;

namespace Trove.Grains.Guests;

/// <summary>The stored state of a guest.</summary>
internal sealed record GuestRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "guest";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>The project; empty before the guest began and after it was forgotten.</summary>
    public string Project { get; init; } = "";

    /// <summary>What was shown.</summary>
    public ImmutableArray<GuestTask> Tasks { get; init; } = [];

    /// <summary>When all of it is forgotten.</summary>
    public DateTimeOffset Expires { get; init; }

    /// <summary>Who hands the answers in, while that is under way; afterwards nobody.</summary>
    public string? Contributor { get; init; }

    /// <summary>Whether that is done.</summary>
    public bool HandedIn { get; init; }
}

/// <summary>One task that a guest was shown.</summary>
/// <param name="Number">Of the task.</param>
/// <param name="Policy">Its rules then.</param>
/// <param name="Answer">The answer held; none before it is given and after it is handed in.</param>
/// <param name="Assignment">The contributor's number for it, while it is handed in.</param>
/// <param name="Fate">What became of it.</param>
internal sealed record GuestTask(int Number, TaskPolicy Policy, AnswerContent? Answer = null, long? Assignment = null, HeldFate? Fate = null);
