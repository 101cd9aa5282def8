namespace Trove.Grains.Labeling;

/// <summary>Free slots that were offered to somebody who waits. One that is not used in time may be offered to the next.</summary>
internal sealed class WakeTokens
{
    /// <summary>How long a token is good.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(2);

    private readonly List<(int Index, DateTimeOffset Until)> _tokens = [];

    /// <summary>When the oldest token ends.</summary>
    public DateTimeOffset? NextEnd => _tokens.Count == 0 ? null : _tokens[0].Until;

    /// <summary>Tokens out for a task.</summary>
    public int Out(int index) => _tokens.Count(token => token.Index == index);

    public void Give(int index, DateTimeOffset now) => _tokens.Add((index, now + Life));

    /// <summary>A slot of the task was taken, or its token declined.</summary>
    public void Spend(int index)
    {
        var at = _tokens.FindIndex(token => token.Index == index);
        if (at >= 0)
        {
            _tokens.RemoveAt(at);
        }
    }

    public void End(DateTimeOffset now) => _tokens.RemoveAll(token => token.Until <= now);
}
