using Orleans.CodeGeneration;

namespace Trove.Embedded.Turns;

/// <summary>The requests that wait, first in, first out, except that those which may interleave pass those which may not.</summary>
internal struct RequestQueue
{
    private Request? _first;
    private Request? _last;
    private int _interleaving;

    public readonly bool IsEmpty => _first is null;

    public void Add(Request request)
    {
        request.Previous = _last;
        if (_last is null) _first = request;
        else _last.Next = request;
        _last = request;
        if (MayInterleave(request)) _interleaving++;
    }

    public Request? TakeFirst()
    {
        var first = _first;
        if (first is not null) Remove(first);
        return first;
    }

    public readonly bool HasAdmissible(in RunningRequests running, bool isReentrant) => FirstAdmissible(running, isReentrant) is not null;

    public Request? TakeAdmissible(in RunningRequests running, bool isReentrant)
    {
        var request = FirstAdmissible(running, isReentrant);
        if (request is not null) Remove(request);
        return request;
    }

    public void RemoveExpired(long now, ref List<Request>? expired)
    {
        for (var request = _first; request is not null;)
        {
            var next = request.Next;
            if (request.Deadline < now || request.IsSettled)
            {
                Remove(request);
                if (!request.IsSettled) (expired ??= []).Add(request);
            }

            request = next;
        }
    }

    private static bool MayInterleave(Request request) => request.AlwaysInterleaves || request.IsReadOnly;

    private readonly Request? FirstAdmissible(in RunningRequests running, bool isReentrant)
    {
        if (isReentrant || running.AdmitAll) return _first;

        // Most queues hold none that may pass; a long one must not be searched at every arrival.
        if (_interleaving == 0) return null;
        var request = _first;
        while (request is not null && !running.Admit(request)) request = request.Next;
        return request;
    }

    private void Remove(Request request)
    {
        if (request.Previous is null) _first = request.Next;
        else request.Previous.Next = request.Next;
        if (request.Next is null) _last = request.Previous;
        else request.Next.Previous = request.Previous;
        request.Next = request.Previous = null;
        if (MayInterleave(request)) _interleaving--;
    }
}

/// <summary>The requests that have started and await something, and what they let in beside them.</summary>
internal struct RunningRequests
{
    private Request? _first;
    private int _exclusive;
    private int _readOnly;

    public readonly bool IsEmpty => _first is null;

    /// <summary>Whether nothing runs that excludes others.</summary>
    public readonly bool AdmitAll => _exclusive == 0 && _readOnly == 0;

    public readonly bool Admit(Request request) =>
        AdmitAll || request.AlwaysInterleaves || (request.IsReadOnly && _exclusive == 0);

    public void Add(Request request)
    {
        request.Next = _first;
        if (_first is not null) _first.Previous = request;
        _first = request;
        Count(request, 1);
    }

    public void Remove(Request request)
    {
        if (request.Previous is null) _first = request.Next;
        else request.Previous.Next = request.Next;
        if (request.Next is not null) request.Next.Previous = request.Previous;
        request.Next = request.Previous = null;
        Count(request, -1);
    }

    public readonly void CollectExpired(long now, ref List<Request>? expired)
    {
        for (var request = _first; request is not null; request = request.Next)
        {
            if (request.Deadline < now && !request.IsSettled) (expired ??= []).Add(request);
        }
    }

    private void Count(Request request, int change)
    {
        if (request.AlwaysInterleaves) return;
        if (request.IsReadOnly) _readOnly += change;
        else _exclusive += change;
    }
}
