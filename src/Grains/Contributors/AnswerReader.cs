using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Trove.Consensus;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Grains.Contributors;

/// <summary>Reads what a client sent against the label schema.</summary>
internal static class AnswerReader
{
    /// <summary>Most tags of one answer.</summary>
    public const int MaxTags = 32;

    /// <summary>The content, or a sentence that says what is wrong and what is allowed.</summary>
    public static bool TryRead(
        LabelSchema schema, ImmutableArray<string> values, [NotNullWhen(true)] out AnswerContent? content, [NotNullWhen(false)] out string? error)
    {
        values = values.OrEmpty();
        (content, error) = values.Contains(null!)
            ? (null, "A value is missing: send text, not null.")
            : values is [LabelSchema.NotSure]
            ? (new AnswerContent([], [], NotSure: true), null)
            : schema.Kind == LabelKind.Tags ? ReadTags(values) : ReadChoices(schema, values);
        return content is not null;
    }

    private static (AnswerContent?, string?) ReadChoices(LabelSchema schema, ImmutableArray<string> values)
    {
        var single = schema.Kind != LabelKind.MultiChoice;
        if (single && values.Length != 1)
        {
            return (null, $"Exactly one value is wanted, not {values.Length}.");
        }

        var classes = schema.Classes();
        var choices = new SortedSet<int>();
        foreach (var value in values)
        {
            var choice = classes.IndexOf(value);
            if (choice < 0)
            {
                return (null, $"'{Shorten(value)}' is not among the options: {Shorten(string.Join(", ", classes))}.");
            }

            if (!choices.Add(choice))
            {
                return (null, $"'{Shorten(value)}' is given twice.");
            }
        }

        return (new AnswerContent([.. choices], []), null);
    }

    private static (AnswerContent?, string?) ReadTags(ImmutableArray<string> values)
    {
        if (values.Length > MaxTags)
        {
            return (null, $"At most {MaxTags} tags are taken, not {values.Length}.");
        }

        var tags = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            if (value.Length > LabelSchema.MaxTagLength)
            {
                return (null, $"A tag has at most {LabelSchema.MaxTagLength} characters; '{Shorten(value)}' has {value.Length}.");
            }

            var tag = TagFold.Fold(value);
            if (tag.Length == 0)
            {
                return (null, "A tag is empty: leave it out, or answer not-sure.");
            }

            tags.Add(tag);
        }

        return (new AnswerContent([], [.. tags]), null);
    }

    private static string Shorten(string text) => text.Length <= 120 ? text : $"{text[..120]}…";
}
