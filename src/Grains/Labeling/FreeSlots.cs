namespace Trove.Grains.Labeling;

/// <summary>
/// Where slots are free on a page, by rank: one bitmap a rank, so that the best task for somebody is found by looking at a few words, however many
/// tasks there are.
/// </summary>
internal sealed class FreeSlots
{
    /// <summary>Ranks; 0 is offered first.</summary>
    public const int Ranks = 9;

    private readonly PageBits[] _ranks = [.. Enumerable.Range(0, Ranks).Select(_ => new PageBits())];
    private readonly sbyte[] _rankOf = [.. Enumerable.Repeat((sbyte)-1, Contracts.TaskId.PageSize)];

    /// <summary>Free slots in all.</summary>
    public int Slots { get; private set; }

    /// <summary>A task's free slots went from <paramref name="before"/> to <paramref name="after"/>; it is offered by <paramref name="rank"/> now.</summary>
    public void Move(int index, int before, int after, int rank)
    {
        Slots += after - before;
        var to = after > 0 ? (sbyte)rank : (sbyte)-1;
        var from = _rankOf[index];
        if (from == to)
        {
            return;
        }

        if (from >= 0)
        {
            _ranks[from][index] = false;
        }

        if (to >= 0)
        {
            _ranks[to][index] = true;
        }

        _rankOf[index] = to;
    }

    /// <summary>The first task by rank that is not barred, or -1.</summary>
    public int First(ReadOnlySpan<ulong> barred)
    {
        foreach (var rank in _ranks)
        {
            var index = rank.First(barred);
            if (index >= 0)
            {
                return index;
            }
        }

        return -1;
    }
}
