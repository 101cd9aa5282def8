using System.Collections.Concurrent;
using Orleans.CodeGeneration;
using Trove.Embedded.Turns;

namespace Trove.Embedded.References;

/// <summary>The observers of this process, each held weakly: whoever made one keeps it alive, or it is gone.</summary>
internal sealed class ObserverDirectory(EmbeddedEngine engine)
{
    private readonly ConcurrentDictionary<GrainId, ObserverMailbox> _observers = new();
    private long _made;

    public static GrainType Type { get; } = GrainType.Create("observer");

    public bool IsEmpty => _observers.IsEmpty;

    public static ClientNotAvailableException Gone(GrainId id) => new($"The observer {id} has been deleted or collected.");

    public GrainId Add(IGrainObserver observer)
    {
        if (observer is GrainReference) throw new ArgumentException("This is a reference already.", nameof(observer));

        // A number of this run and a random part: a reference kept from an earlier run must not reach another observer.
        var id = GrainId.Create(Type, $"{Interlocked.Increment(ref _made)}-{Guid.NewGuid():N}");
        _observers[id] = new(engine, this, id, observer);
        return id;
    }

    public void Remove(GrainId id) => _observers.TryRemove(id, out _);

    public Mailbox? Find(GrainId id) => _observers.GetValueOrDefault(id);

    public void FailAll(Exception error)
    {
        foreach (var observer in _observers.Values) observer.FailAll(error);
        _observers.Clear();
    }

    private sealed class ObserverMailbox : Mailbox
    {
        private readonly ObserverDirectory _directory;
        private readonly WeakReference<IGrainObserver> _observer;

        public ObserverMailbox(EmbeddedEngine engine, ObserverDirectory directory, GrainId id, IGrainObserver observer) : base(engine)
        {
            _directory = directory;
            _observer = new(observer);
            GrainId = id;
            Open();
        }

        public override GrainId GrainId { get; }

        protected override object? Target => _observer.TryGetTarget(out var observer) && ReferenceEquals(_directory.Find(GrainId), this) ? observer : null;

        public void FailAll(Exception error)
        {
            foreach (var request in Close(includeRunning: true)) request.Fail(error);
        }

        protected override void OnTargetGone(Request request)
        {
            _directory.Remove(GrainId);
            request.Fail(Gone(GrainId));
        }
    }
}
