namespace Trove.Grains.Projects;

/// <summary>How regions and languages are named, in briefs and in profiles. By form only: lists of countries change, and an unknown one fits nobody.</summary>
internal static class PersonCodes
{
    public const string RegionRule = "a region is an ISO 3166-1 code of two capital letters, such as AT.";
    public const string LanguageRule = "a language is the first part of a BCP 47 tag, two or three small letters, such as de.";

    public static bool IsRegion(string? code) => code is { Length: 2 } && code.All(char.IsAsciiLetterUpper);

    public static bool IsLanguage(string? code) => code is { Length: 2 or 3 } && code.All(char.IsAsciiLetterLower);
}
