using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Projects;

namespace Trove.Grains.Projects;

/// <summary>What a brief must keep to. Everything that is wrong is told at once.</summary>
internal static class BriefRules
{
    public const int MaxTitle = 200;
    public const int MaxPurpose = 4_000;
    public const int MaxQuestion = 1_000;
    public const int MaxOption = 100;
    public const long MaxPriceMinor = 100_000_000;

    /// <summary>The brief with every missing array empty and yes/no without options of its own.</summary>
    public static Brief Normalised(Brief brief)
    {
        var options = brief.Schema.Kind == LabelKind.YesNo ? [] : brief.Schema.Options.OrEmpty();
        return brief with { Schema = brief.Schema with { Options = options }, Audience = Normalised(brief.Audience) };
    }

    // An order of its own for what has none, and null for everybody, so that what means the same is the same.
    private static Audience? Normalised(Audience? audience) =>
        audience is null || (audience.MinimumAge == 0 && audience.Regions.OrEmpty().IsEmpty && audience.Languages.OrEmpty().IsEmpty)
            ? null
            : audience with { Regions = Sorted(audience.Regions), Languages = Sorted(audience.Languages) };

    private static ImmutableArray<string> Sorted(ImmutableArray<string> codes) =>
        codes.OrEmpty().IsEmpty ? default : [.. codes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Whether two normalised briefs say the same.</summary>
    public static bool Same(Brief one, Brief other) =>
        one.Schema.Kind == other.Schema.Kind
        && one.Schema.Options.SequenceEqual(other.Schema.Options)
        && one with { Schema = other.Schema } == other;

    /// <summary>Everything wrong with a brief, or null.</summary>
    public static Problem? Check(Brief? brief)
    {
        if (brief is null)
        {
            return new Problem("brief-invalid", "There is no brief.");
        }

        var wrong = new List<string>();
        Text("title", brief.Title, MaxTitle);
        Text("purpose", brief.Purpose, MaxPurpose);
        Text("question", brief.Question, MaxQuestion);
        Known("order", brief.Order);
        Schema(brief.Schema);
        Redundancy(brief.Redundancy);
        HandOut(brief.HandOut);
        Between("priceMinor", brief.PriceMinor, 0, MaxPriceMinor);
        if (brief.Audience is { } audience)
        {
            Between("audience.minimumAge", audience.MinimumAge, 0, 120);
            Codes("audience.regions", audience.Regions.OrEmpty(), PersonCodes.IsRegion, PersonCodes.RegionRule);
            Codes("audience.languages", audience.Languages.OrEmpty(), PersonCodes.IsLanguage, PersonCodes.LanguageRule);
        }

        return wrong.Count == 0 ? null : new Problem("brief-invalid", string.Join(' ', wrong));

        void Text(string name, string? text, int longest)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                wrong.Add($"The {name} is empty.");
            }
            else if (text.Length > longest)
            {
                wrong.Add($"The {name} has {text.Length} characters; at most {longest} are allowed.");
            }
        }

        void Between(string name, long value, long least, long most)
        {
            if (value < least || value > most)
            {
                wrong.Add($"{name} is {value}; it must be from {least} to {most}.");
            }
        }

        void Codes(string name, ImmutableArray<string> codes, Func<string?, bool> valid, string rule)
        {
            if (codes.Length > Audience.Limit)
            {
                wrong.Add($"{name} has {codes.Length} entries; at most {Audience.Limit} are allowed.");
            }
            else if (!codes.All(valid))
            {
                wrong.Add($"An entry of {name} is not valid: {rule}");
            }
        }

        void Known<T>(string name, T value)
            where T : struct, Enum
        {
            if (!Enum.IsDefined(value))
            {
                wrong.Add($"The {name} {value} does not exist.");
            }
        }

        void Schema(LabelSchema? schema)
        {
            if (schema is null)
            {
                wrong.Add("The schema is missing.");
                return;
            }

            Known("kind of label", schema.Kind);
            var options = schema.Options.OrEmpty();
            switch (schema.Kind)
            {
                case LabelKind.YesNo when !options.IsEmpty && !options.SequenceEqual(schema.Classes()):
                    wrong.Add("The options of yes/no are fixed: leave them out.");
                    break;
                case LabelKind.Tags:
                    Options(options, 0, LabelSchema.MaxTagLength);
                    break;
                case LabelKind.SingleChoice or LabelKind.MultiChoice:
                    Options(options, schema.Kind == LabelKind.SingleChoice ? 2 : 1, MaxOption);
                    break;
            }
        }

        void Options(ImmutableArray<string> options, int least, int longest)
        {
            if (options.Length < least || options.Length > LabelSchema.MaxOptions)
            {
                wrong.Add($"There are {options.Length} options; there must be {least} to {LabelSchema.MaxOptions}.");
            }

            if (options.Any(option => string.IsNullOrWhiteSpace(option) || option.Length > longest))
            {
                wrong.Add($"An option is empty or longer than {longest} characters.");
            }

            if (options.Contains(LabelSchema.NotSure, StringComparer.Ordinal))
            {
                wrong.Add($"'{LabelSchema.NotSure}' can always be answered: leave it out of the options.");
            }

            if (options.GroupBy(option => option, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            {
                wrong.Add($"The option '{twice.Key}' stands there more than once.");
            }
        }

        void Redundancy(Redundancy? redundancy)
        {
            if (redundancy is null)
            {
                wrong.Add("The redundancy is missing.");
                return;
            }

            Known("redundancy", redundancy.Kind);
            Between("redundancy.maximum", redundancy.Maximum, 1, Contracts.Projects.Redundancy.Limit);
            if (redundancy.Kind == RedundancyKind.Dynamic)
            {
                Between("redundancy.minimum", redundancy.Minimum, 1, Math.Max(1, redundancy.Maximum));
                if (redundancy.Confidence is not (>= 0.5 and <= 1))
                {
                    wrong.Add($"redundancy.confidence is {redundancy.Confidence}; it must be from 0.5 to 1.");
                }

                if (redundancy.Price is not (>= 0 and <= 1))
                {
                    wrong.Add($"redundancy.price is {redundancy.Price}; it must be from 0 to 1, as a share of what a wrong outcome costs.");
                }
            }
        }

        void HandOut(HandOut? handOut)
        {
            if (handOut is null)
            {
                wrong.Add("The knobs of hand-out are missing.");
                return;
            }

            Between("handOut.leaseSeconds", handOut.LeaseSeconds, 5, 86_400);
            Between("handOut.graceSeconds", handOut.GraceSeconds, 0, 3_600);
            Between("handOut.window", handOut.Window, 1, 16);
            Between("handOut.killFeePercent", handOut.KillFeePercent, 0, 100);
            Between("handOut.stint", handOut.Stint, 0, 1_000);
        }
    }

    /// <summary>What a new brief may not change once work was handed out: answers name options by their place, all but tags.</summary>
    public static Problem? CheckChange(Brief old, Brief changed) =>
        changed.Schema.Kind != old.Schema.Kind ? new Problem("schema-fixed", "The kind of label is fixed once a project was published.")
        : changed.Schema.Kind != LabelKind.Tags && !changed.Schema.Options.AsSpan().StartsWith(old.Schema.Options.AsSpan())
            ? new Problem("schema-fixed", $"Once a project was published, options can only be appended. They begin with: {string.Join(", ", old.Schema.Options)}.")
            : null;
}
