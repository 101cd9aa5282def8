using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Labeling;
using Trove.Grains.Records;

namespace Trove.Grains.Tests.Labeling;

/// <summary>A label task with a clock, the tokens it gave, and a record that a crash goes back to.</summary>
internal sealed class TaskOnTheBench
{
    public static readonly TaskId Id = new("p", TaskKinds.Label, 7);

    private static readonly RecordSerializer Serializer = new();

    private readonly Dictionary<(string Who, long Number), Lease> _tokens = [];
    private byte[] _record;
    private long _life = 1;

    public TaskOnTheBench(Redundancy redundancy, int allowed = 0)
        : this(PolicyOf(redundancy, allowed))
    {
    }

    public TaskOnTheBench(TaskPolicy policy)
    {
        Policy = policy;
        _record = Serializer.Serialize(new LabelTaskRecord());
        Task = Awake();
    }

    public TaskPolicy Policy { get; set; }

    public LabelTask Task { get; private set; }

    public DateTimeOffset Now { get; set; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public TaskTruth Truth => Task.Truth(Now);

    public IReadOnlyCollection<Lease> Tokens => _tokens.Values;

    public Lease Token(string who, long number) => _tokens[(who, number)];

    public LabelTaskRecord Committed => Serializer.Deserialize<LabelTaskRecord>(_record);

    public static TaskPolicy PolicyOf(Redundancy redundancy, int allowed = 0, int version = 1, long price = 10, int fee = 50) =>
        new(LabelKind.YesNo, 2, redundancy, allowed, version, price, fee);

    public static Redundancy Fixed(int answers) => new(RedundancyKind.Fixed, answers, answers);

    public static Redundancy Dynamic(int minimum, int maximum) => new(RedundancyKind.Dynamic, minimum, maximum);

    public static AnswerContent Choice(int choice) => new([choice], []);

    public void Wait(double seconds) => Now += TimeSpan.FromSeconds(seconds);

    public LeaseStatus Lease(string who, long number, TaskPolicy? policy = null, double seconds = 180)
    {
        var deadline = Now.AddSeconds(seconds);
        var reply = Task.Lease(new LeaseRequest(who, number, deadline, policy ?? Policy), Now);
        if (reply.Status == LeaseStatus.Granted)
        {
            _tokens[(who, number)] = new Lease(who, Id, number, reply.Incarnation, deadline, policy ?? Policy);
        }

        return reply.Status;
    }

    public SubmitStatus Answer(string who, long number, int choice = 0, double reliability = 0.8) =>
        Task.Submit(new TaskSubmission(_tokens[(who, number)], Choice(choice), reliability), Now).Status;

    public SubmitStatus Answer(Lease token, int choice = 0) => Task.Submit(new TaskSubmission(token, Choice(choice), 0.8), Now).Status;

    public bool Release(string who, long number, ReleaseCause cause = ReleaseCause.Released) =>
        Task.Release(new ReleaseRequest(who, number, cause, Policy), Now);

    /// <summary>Leases and answers at once.</summary>
    public SubmitStatus Give(string who, long number, int choice = 0)
    {
        Assert.Equal(LeaseStatus.Granted, Lease(who, number));
        return Answer(who, number, choice);
    }

    public void Commit() => _record = Serializer.Serialize(Task.ToRecord());

    /// <summary>The process dies: leases and whatever was not committed are gone.</summary>
    public void Crash()
    {
        _life++;
        Task = Awake();
    }

    private LabelTask Awake() => new(Id, _life, Committed);
}
