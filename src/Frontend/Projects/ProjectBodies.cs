using Trove.Contracts.Projects;

namespace Trove.Frontend.Projects;

/// <summary>A project to create.</summary>
/// <param name="Project">Its key; left out, one is made up.</param>
/// <param name="Brief">What is asked.</param>
public sealed record NewProject(BriefBody? Brief, string? Project = null);

/// <summary>A brief as a developer writes it: what is left out takes the house's default, which the grains' own record cannot express.</summary>
public sealed record BriefBody(
    string? Title = null,
    string? Purpose = null,
    string? Question = null,
    LabelSchema? Schema = null,
    Redundancy? Redundancy = null,
    TaskOrder Order = TaskOrder.Depth,
    HandOut? HandOut = null,
    long PriceMinor = 0)
{
    private const int MaxTitle = 200;
    private const int MaxText = 10_000;
    private const int MaxOption = 200;

    /// <summary>The brief, or what is wrong with its form. Whether it makes sense is the project's to judge.</summary>
    internal Result<Brief> Read()
    {
        if (Text(Title, MaxTitle) && Text(Purpose, MaxText) && Text(Question, MaxText) && Schema is { } schema)
        {
            var options = schema.Options.OrEmpty();
            return options.Length <= LabelSchema.MaxOptions && options.All(option => Text(option, MaxOption))
                ? new Brief(Title!, Purpose!, Question!, schema with { Options = options }, Redundancy ?? new Redundancy(), Order, HandOut ?? new HandOut(), PriceMinor)
                : new Problem("invalid-brief", $"The schema has at most {LabelSchema.MaxOptions} options of 1 to {MaxOption} characters.");
        }

        return new Problem("invalid-brief", $"A brief has a title (to {MaxTitle} characters), a purpose and a question (to {MaxText}) and a schema.");
    }

    private static bool Text(string? text, int longest) => !string.IsNullOrWhiteSpace(text) && text.Length <= longest;
}
