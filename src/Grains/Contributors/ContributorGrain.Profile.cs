using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Grains.Labeling;

namespace Trove.Grains.Contributors;

/// <summary>What the contributor says of itself, whether projects fit it, and what is told to itself alone: everything, until its person is erased.</summary>
internal sealed partial class ContributorGrain
{
    private static readonly Problem Erased = new("contributor-erased", "The person behind this contributor was erased: nobody works as it any more.");

    private ProfileRecord _profile = null!;
    private Commit.CommitGate _profileGate = null!;

    public async Task<ContributorProfile> GetProfile()
    {
        var said = _profile.Profile;
        await _profileGate.CoveredAsync();
        return said;
    }

    public async Task<Result<ContributorProfile>> SetProfile(ContributorProfile said)
    {
        if ((_profile.Forgotten ? Erased : Eligibility.Check(said, Now)) is { } wrong)
        {
            return wrong;
        }

        _profile = _profile with { Profile = said with { Languages = [.. said.Languages.OrEmpty().Distinct(StringComparer.Ordinal)] } };
        foreach (var project in _session?.Projects ?? [])
        {
            project.Fits = Refusal(project.Key, project.Window) is null;
        }

        await _profileGate.CommitAsync();
        Refill();
        return said;
    }

    public async Task<ContributorDossier> Dossier()
    {
        var dossier = new ContributorDossier(
            _key,
            _profile.Profile,
            _profile.Projects,
            [.. _drafts.Select(draft => new SavedDraft(draft.Key, draft.Value))],
            Hot.Wallet.EarnedMinor,
            Hot.Wallet.Earned,
            Hot.Reputation.Score,
            [.. Hot.Reputation.Skills],
            [.. Hot.Wallet.Suspense],
            Hot.Wallet.Settled);
        await Task.WhenAll(_gate.CoveredAsync(), _draftGate.CoveredAsync(), _profileGate.CoveredAsync());
        return dossier;
    }

    public async Task<LedgerSlice> Ledger(long from)
    {
        await _gate.CoveredAsync();
        from = Math.Max(0, from);
        var (settled, onPages) = (Hot.Wallet.Settled, (long)Hot.Wallet.Pages * LedgerPage.Size);
        ImmutableArray<LedgerEntry> entries = from >= onPages
            ? [.. Hot.Wallet.Tail.Where(entry => entry.Sequence >= from)]
            : (await new BulkRecords(storage, this.GetGrainId()).Read<LedgerPage>(LedgerPage.Name((int)(from / LedgerPage.Size)))).State!.Entries.RemoveAll(entry => entry.Sequence < from);
        var next = from + entries.Length;
        return new LedgerSlice(entries, next < settled && !entries.IsEmpty ? next : null);
    }

    public async Task Forget()
    {
        _profile = new ProfileRecord() with { Forgotten = true };
        _drafts = _drafts.Clear();
        _session = null;
        StopClock();

        // Written even if nothing was there: an activation that lives on beside this one finds that it is not the newest, and writes nothing any more.
        await Task.WhenAll(_profileGate.CommitAsync(), _draftGate.CommitAsync(), ReleaseAll());
    }

    /// <summary>Remembers where the contributor works. False when it was forgotten: then nothing is remembered any more.</summary>
    private async Task<bool> RememberProjects(IEnumerable<string> joined)
    {
        var fresh = joined.Except(_profile.Projects, StringComparer.Ordinal).ToList();
        if (fresh.Count > 0 && !_profile.Forgotten)
        {
            _profile = _profile with { Projects = [.. _profile.Projects, .. fresh] };
            await _profileGate.CommitAsync();
        }

        return !_profile.Forgotten;
    }

    private Problem? Refusal(string project, Contracts.Projects.ProjectWindow window) =>
        Eligibility.Refusal(project, window.Brief.Audience, _profile.Profile, Now);

    private async Task WriteProfileAsync()
    {
        if (!_profile.IsEmpty)
        {
            profile.State = _profile;
            await profile.WriteStateAsync();
        }
        else if (profile.RecordExists)
        {
            await profile.ClearStateAsync(); // nothing is left that could say that something was there
        }
    }
}
