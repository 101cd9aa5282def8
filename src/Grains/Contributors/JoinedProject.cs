using System.Collections.Immutable;
using Trove.Contracts.Contributors;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;

namespace Trove.Grains.Contributors;

/// <summary>A project that a contributor works on: where work may be found, and where there was none.</summary>
internal sealed class JoinedProject(string key, ProjectWindow window)
{
    /// <summary>Work is looked for on so many pages before further ones: people meet on few pages, so tasks finish and memory stays small.</summary>
    private const int Spread = 4;

    /// <summary>Answers between two looks at what the project's re-fit thinks of the contributor.</summary>
    private const int LookEvery = 32;

    private readonly Dictionary<int, PageBits> _had = [];
    private readonly Dictionary<int, long> _dry = [];
    private int _untilLook;

    public string Key { get; } = key;

    public ProjectWindow Window { get; private set; } = window;

    /// <summary>The brief that the contributor has read.</summary>
    public int ConfirmedVersion { get; } = window.BriefVersion;

    /// <summary>Whether the contributor, by what it says of itself now, may work here.</summary>
    public bool Fits { get; set; } = true;

    /// <summary>Whether work is handed out under the brief that the contributor has read.</summary>
    public bool IsOpen => Fits && Window.State == ProjectState.Live && ConfirmedVersion == Window.BriefVersion;

    /// <summary>Whether there is no other page to turn to when this one runs out.</summary>
    public bool IsLastPage => Window.OpenPages.Length == 1;

    /// <summary>Slots are few: read ahead only one.</summary>
    public bool Scarce { get; set; }

    /// <summary>The window may have changed.</summary>
    public bool IsStale { get; set; }

    /// <summary>How often the contributor is right in this project, as its last re-fit saw it; null while none did.</summary>
    public double? Reliability { get; set; }

    /// <summary>Counts an answer; true when it is time to ask for <see cref="Reliability"/> again.</summary>
    public bool LooksAgain()
    {
        _untilLook = _untilLook > 0 ? _untilLook - 1 : LookEvery - 1;
        return _untilLook == LookEvery - 1;
    }

    /// <summary>Pages without work for this contributor, with the version at which that was so.</summary>
    public IReadOnlyDictionary<int, long> Dry => _dry;

    public BriefView Brief => new(
        Key, Window.BriefVersion, Window.Brief.Title, Window.Brief.Purpose, Window.Brief.Question, Window.Brief.Schema, Window.Brief.PriceMinor);

    /// <summary>Takes over what the project says now.</summary>
    public void Follow(ProjectWindow window)
    {
        if (window.Version != Window.Version)
        {
            _dry.Clear();
        }

        Window = window;
        IsStale = false;
        foreach (var page in _had.Keys.Except(window.OpenPages).ToList())
        {
            _had.Remove(page);
        }
    }

    /// <summary>The best open page that may have work, or null. <paramref name="seed"/> spreads contributors over the first few.</summary>
    public int? PageToTry(int seed)
    {
        var pages = Window.OpenPages;
        var spread = Math.Min(Spread, pages.Length);
        for (var i = 0; i < pages.Length; i++)
        {
            var page = pages[i < spread ? (int)((uint)(seed + i) % (uint)spread) : i];
            if (!_dry.ContainsKey(page))
            {
                return page;
            }
        }

        return null;
    }

    public void FoundNothing(int page, long version) => _dry[page] = version;

    public void MayHaveWork(int page) => _dry.Remove(page);

    /// <summary>Tasks of a page that need not be asked for.</summary>
    public PageBits Had(int page)
    {
        if (!_had.TryGetValue(page, out var bits))
        {
            _had[page] = bits = new PageBits();
        }

        return bits;
    }

    public ImmutableArray<ulong> HadWords(int page) => _had.TryGetValue(page, out var bits) ? [.. bits.Trimmed()] : [];
}
