using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Projects;
using Trove.Grains.Projects;

namespace Trove.Grains.Contributors;

/// <summary>Whether a contributor may work on a project, by what it says of itself, and what a profile may say. Pure.</summary>
internal static class Eligibility
{
    private const int FirstYear = 1900;

    /// <summary>Why somebody may not work on a project and what can be done about it, or null.</summary>
    /// <param name="project">Key of the project.</param>
    /// <param name="audience">Whom it is for; null = everybody.</param>
    /// <param name="profile">What the person says.</param>
    /// <param name="now">Now.</param>
    public static Problem? Refusal(string project, Audience? audience, ContributorProfile profile, DateTimeOffset now)
    {
        if (audience is null)
        {
            return null;
        }

        // Born on the last day of its year, a person is this old all through the current one: surely so, whatever the day was.
        if (audience.MinimumAge > 0 && (profile.BirthYear is not { } born || now.UtcDateTime.Year - born - 1 < audience.MinimumAge))
        {
            return Refused(profile.BirthYear is null
                ? $"is for people of at least {audience.MinimumAge} years: say your year of birth in your profile."
                : $"is for people who are surely {audience.MinimumAge} years old by their year of birth, and yours is {profile.BirthYear}: join it when that is so.");
        }

        var regions = audience.Regions.OrEmpty();
        if (!regions.IsEmpty && (profile.Region is null || !regions.Contains(profile.Region, StringComparer.Ordinal)))
        {
            return Refused(profile.Region is null
                ? $"is for people in {Some(regions)}: say your region in your profile."
                : $"is for people in {Some(regions)}, and your profile says {profile.Region}: correct it if you live elsewhere, or choose another project.");
        }

        var languages = audience.Languages.OrEmpty();
        if (!languages.IsEmpty && !profile.Languages.OrEmpty().Any(language => languages.Contains(language, StringComparer.Ordinal)))
        {
            return Refused($"is for people who know one of the languages {Some(languages)}: say in your profile which you know, or choose another project.");
        }

        return null;

        Problem Refused(string reason) => new("not-eligible", $"The project '{project}' {reason}");
    }

    /// <summary>Everything that a profile may not say, or null.</summary>
    public static Problem? Check(ContributorProfile profile, DateTimeOffset now)
    {
        var wrong = new List<string>();
        if (profile.Region is not null && !PersonCodes.IsRegion(profile.Region))
        {
            wrong.Add($"The region is not valid: {PersonCodes.RegionRule}");
        }

        var languages = profile.Languages.OrEmpty();
        if (languages.Length > ContributorProfile.MaxLanguages || !languages.All(PersonCodes.IsLanguage))
        {
            wrong.Add($"There are more than {ContributorProfile.MaxLanguages} languages, or one is not valid: {PersonCodes.LanguageRule}");
        }

        if (profile.BirthYear is { } year && (year < FirstYear || year > now.UtcDateTime.Year))
        {
            wrong.Add($"The year of birth is from {FirstYear} to {now.UtcDateTime.Year}.");
        }

        return wrong.Count == 0 ? null : new Problem("profile-invalid", string.Join(' ', wrong));
    }

    private static string Some(IReadOnlyCollection<string> codes)
    {
        const int Named = 10;
        return string.Join(", ", codes.Take(Named)) + (codes.Count > Named ? $" and {codes.Count - Named} more" : "");
    }
}
