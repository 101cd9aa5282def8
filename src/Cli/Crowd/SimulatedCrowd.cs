namespace Trove.Cli.Crowd;

/// <summary>Many contributors at work at once, each over a connection of their own.</summary>
internal sealed class SimulatedCrowd : IAsyncDisposable
{
    /// <summary>Connections opened at the same time: enough to be quick, few enough not to be a flood.</summary>
    private const int Joining = 32;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _working = [];

    /// <summary>Every contributor joins and starts to work, in the order given; returns when all have joined.</summary>
    public async Task StartAsync(IEnumerable<SimulatedContributor> contributors, Uri server, string project, CancellationToken cancellation)
    {
        using var gate = new SemaphoreSlim(Joining);
        foreach (var contributor in contributors)
        {
            await gate.WaitAsync(cancellation);
            var released = 0;
            void Release()
            {
                if (Interlocked.Exchange(ref released, 1) == 0)
                {
                    gate.Release();
                }
            }

            _working.Add(WorkAsync());

            async Task WorkAsync()
            {
                try
                {
                    await contributor.WorkAsync(server, project, Release, _stop.Token);
                }
                finally
                {
                    Release();
                }
            }
        }

        for (var i = 0; i < Joining; i++)
        {
            await gate.WaitAsync(cancellation);
        }

        ThrowWhenFailed();
    }

    /// <summary>Surfaces what ended a contributor's work before it was told to stop.</summary>
    public void ThrowWhenFailed()
    {
        if (_working.Find(w => w.IsFaulted) is { } failed)
        {
            failed.GetAwaiter().GetResult();
        }
    }

    /// <summary>Everybody stops and disconnects.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_working);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
