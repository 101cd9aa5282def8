using Trove.Contracts;
using Trove.Contracts.Contributors;

namespace Trove.Grains.Contributors;

/// <summary>What the contributor says of itself, and whether projects fit it.</summary>
internal sealed partial class ContributorGrain
{
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
        if (Eligibility.Check(said, Now) is { } wrong)
        {
            return wrong;
        }

        _profile = new ProfileRecord(said with { Languages = [.. said.Languages.OrEmpty().Distinct(StringComparer.Ordinal)] });
        foreach (var project in _session?.Projects ?? [])
        {
            project.Fits = Refusal(project.Key, project.Window) is null;
        }

        await _profileGate.CommitAsync();
        Refill();
        return said;
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
