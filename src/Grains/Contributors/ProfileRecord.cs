using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>The stored profile: personal data, so a record of its own that is removed when nothing is left in it.</summary>
internal sealed record ProfileRecord(ContributorProfile Profile) : IBinaryRecord<ProfileRecord>
{
    public ProfileRecord()
        : this(new ContributorProfile())
    {
    }

    public static string RecordKind => "profile";

    public static byte RecordVersion => 1;

    /// <summary>Whether nothing is said.</summary>
    public bool IsEmpty => Profile is { Region: null, BirthYear: null } && Profile.Languages.OrEmpty().IsEmpty;

    public void Write(ref RecordWriter w)
    {
        w.OptionalText(Profile.Region);
        w.Count(Profile.Languages.OrEmpty().Length);
        foreach (var language in Profile.Languages.OrEmpty())
        {
            w.Text(language);
        }

        w.Count(Profile.BirthYear ?? 0);
    }

    public static ProfileRecord Read(ref RecordReader r, byte version)
    {
        var region = r.OptionalText();
        var languages = ImmutableArray.CreateBuilder<string>(r.CountOf());
        for (var left = languages.Capacity; left > 0; left--)
        {
            languages.Add(r.Text());
        }

        var year = r.Count();
        return new ProfileRecord(new ContributorProfile(region, languages.ToImmutable(), year == 0 ? null : year));
    }
}
