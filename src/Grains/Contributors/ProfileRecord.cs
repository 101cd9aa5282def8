using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>What is personal of a contributor beside its drafts: a record of its own that is removed when nothing is left in it.</summary>
/// <param name="Profile">What the contributor says of itself.</param>
/// <param name="Projects">
/// Projects that it ever joined, in order of the first time. Answers that are not settled yet stand in no ledger, so this is where the way to them begins.
/// </param>
/// <param name="Forgotten">Whether its person was erased: nothing is kept here any more, and nobody works as it again.</param>
internal sealed record ProfileRecord(ContributorProfile Profile, ImmutableArray<string> Projects, bool Forgotten = false) : IBinaryRecord<ProfileRecord>
{
    public ProfileRecord()
        : this(new ContributorProfile(), [])
    {
    }

    public static string RecordKind => "profile";

    public static byte RecordVersion => 2;

    /// <summary>Whether nothing is said.</summary>
    public bool IsEmpty => Profile is { Region: null, BirthYear: null } && Profile.Languages.OrEmpty().IsEmpty && Projects.IsEmpty && !Forgotten;

    public void Write(ref RecordWriter w)
    {
        w.OptionalText(Profile.Region);
        Write(ref w, Profile.Languages.OrEmpty());
        w.Count(Profile.BirthYear ?? 0);
        Write(ref w, Projects);
        w.Bool(Forgotten);
    }

    public static ProfileRecord Read(ref RecordReader r, byte version)
    {
        var region = r.OptionalText();
        var languages = ReadTexts(ref r);
        var year = r.Count();
        var profile = new ContributorProfile(region, languages, year == 0 ? null : year);
        return version < 2 ? new ProfileRecord(profile, []) : new ProfileRecord(profile, ReadTexts(ref r), r.Bool());
    }

    private static void Write(ref RecordWriter w, ImmutableArray<string> texts)
    {
        w.Count(texts.Length);
        foreach (var text in texts)
        {
            w.Text(text);
        }
    }

    private static ImmutableArray<string> ReadTexts(ref RecordReader r)
    {
        var texts = ImmutableArray.CreateBuilder<string>(r.CountOf());
        for (var left = texts.Capacity; left > 0; left--)
        {
            texts.Add(r.Text());
        }

        return texts.ToImmutable();
    }
}
