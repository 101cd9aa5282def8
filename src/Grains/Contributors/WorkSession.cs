using Trove.Contracts.Contributors;

namespace Trove.Grains.Contributors;

/// <summary>A contributor at work: which connection, which projects, how far the stint is. Memory only.</summary>
internal sealed class WorkSession(long number, SessionOrigin origin, List<JoinedProject> projects, int stint, DateTimeOffset now)
{
    /// <summary>Frontends renew every 10 s; one that misses three is gone with all its connections.</summary>
    public static readonly TimeSpan PresenceLimit = TimeSpan.FromSeconds(30);

    /// <summary>More than a connection can have under way at once.</summary>
    private const int Remembered = 8;

    private readonly Queue<long> _counted = new(Remembered);
    private int _next;

    public long Number { get; } = number;

    public SessionOrigin Origin { get; } = origin;

    public IReadOnlyList<JoinedProject> Projects { get; } = projects;

    /// <summary>Answers until the contributor is asked whether to go on; 0 = never.</summary>
    public int Stint { get; } = stint;

    public int Answered { get; private set; }

    /// <summary>When the frontend last said that the connection is there.</summary>
    public DateTimeOffset PresentAt { get; set; } = now;

    /// <summary>When the connection was lost; null while it is there.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>What the client was last told about having nothing to do.</summary>
    public WaitingReason? Waiting { get; set; }

    /// <summary>Answers on their way to the disk: their replies can take offers along, which saves a push for each.</summary>
    public int Carriers { get; set; }

    /// <summary>Leases that the client has not been told of: they go with the next of those replies.</summary>
    public List<HeldLease> Untold { get; } = [];

    /// <summary>An answer was counted, and its reply is on its way.</summary>
    public void Counted(long assignment)
    {
        if (_counted.Count == Remembered)
        {
            _counted.Dequeue();
        }

        _counted.Enqueue(assignment);
        Answered++;
    }

    /// <summary>Whether an answer was counted in this session, not long ago.</summary>
    public bool HasCounted(long assignment) => _counted.Contains(assignment);

    public bool IsConnected => LostAt is null;

    public bool StintDone => Stint > 0 && Answered >= Stint;

    /// <summary>How long a lost connection keeps its leases: the longest that any project grants.</summary>
    public TimeSpan Grace => TimeSpan.FromSeconds(Projects.Max(p => p.Window.Brief.HandOut.GraceSeconds));

    /// <summary>Leases to read ahead.</summary>
    public int Window
    {
        get
        {
            var window = 0;
            foreach (var project in projects)
            {
                if (project.IsOpen)
                {
                    window = Math.Max(window, project.Scarce ? 1 : project.Window.Brief.HandOut.Window);
                }
            }

            return window;
        }
    }

    public JoinedProject? Find(string project)
    {
        foreach (var joined in projects)
        {
            if (joined.Key == project)
            {
                return joined;
            }
        }

        return null;
    }

    /// <summary>The projects, each time from another one on, so that paid and volunteer work mix.</summary>
    public IEnumerable<JoinedProject> InTurn()
    {
        var from = _next++;
        for (var i = 0; i < Projects.Count; i++)
        {
            yield return Projects[(from + i) % Projects.Count];
        }
    }
}
