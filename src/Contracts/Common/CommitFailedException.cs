namespace Trove.Contracts;

/// <summary>
/// A write failed, so this activation no longer knows what is on disk: it answers nothing more and ends.
/// The outcome of the command is unknown; the next activation reads the truth, and every command may be sent again.
/// </summary>
[GenerateSerializer, Alias("trove.commit-failed")]
public sealed class CommitFailedException(string message) : TroveException("commit-failed", message)
{
    /// <summary>Told to a caller, who has no use for the storage's own exception; that one is logged where it happened.</summary>
    public CommitFailedException(Exception cause)
        : this($"A record could not be written ({cause.GetType().Name}: {cause.Message}). The outcome is unknown: send the command again.")
    {
    }
}
