using System.Collections.Immutable;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Silo.Audit;

namespace Trove.Cli.Audit;

/// <summary>The counted answers of one project as they stand on disk.</summary>
internal sealed class DiskAnswers
{
    private readonly Dictionary<(int Task, string Contributor), AnswerContent> _answers = [];
    private readonly ImmutableArray<string> _classes;

    public DiskAnswers(string dataFolder, string project, LabelSchema schema)
    {
        _classes = schema.Classes();
        foreach (var answer in RecordAudit.ReadAnswers(dataFolder))
        {
            if (answer.Project == project)
            {
                _answers[(answer.Task, answer.Contributor)] = answer.Content;
            }
        }
    }

    /// <summary>Whether this contributor's answer to the task is there, as it was given.</summary>
    public bool Holds(int task, string contributor, ImmutableArray<string> values) =>
        _answers.TryGetValue((task, contributor), out var content)
        && content.Choices.Select(c => _classes[c]).SequenceEqual(values.Where(v => v != LabelSchema.NotSure), StringComparer.Ordinal);

    /// <summary>Whether this contributor's answer to the task is there.</summary>
    public bool Holds(int task, string contributor) => _answers.ContainsKey((task, contributor));
}
