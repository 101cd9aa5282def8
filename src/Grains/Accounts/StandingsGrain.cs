using Trove.Contracts.Accounts;

namespace Trove.Grains.Accounts;

/// <summary>The newest changes of rights, in memory: a bounded list, whose beginning is forgotten with the activation or with age.</summary>
[GrainType("standings")]
internal sealed class StandingsGrain(TimeProvider time) : Grain, IStandingsGrain
{
    /// <summary>Changes remembered: minutes' worth, while frontends ask each second.</summary>
    public const int Remembered = 1024;

    private readonly Queue<string> _changed = new();
    private long _version;

    /// <summary>Versions begin at the clock, so that those of an earlier activation are known as such.</summary>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _version = time.GetUtcNow().UtcTicks;
        return Task.CompletedTask;
    }

    public Task Changed(string account)
    {
        _changed.Enqueue(account);
        _version++;
        if (_changed.Count > Remembered)
        {
            _changed.Dequeue();
        }

        return Task.CompletedTask;
    }

    public Task<StandingsNews> Since(long version)
    {
        var missed = _version - version;
        return Task.FromResult(missed >= 0 && missed <= _changed.Count
            ? new StandingsNews(_version, Complete: true, [.. _changed.Skip(_changed.Count - (int)missed).Distinct(StringComparer.Ordinal)])
            : new StandingsNews(_version, Complete: false, []));
    }
}
