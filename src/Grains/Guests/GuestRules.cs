using System.Collections.Immutable;
using Trove.Contracts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Guests;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Contributors;

namespace Trove.Grains.Guests;

/// <summary>What a guest may do, and what becomes of its record. Pure.</summary>
internal static class GuestRules
{
    /// <summary>Nobody is known by this guest's id, or not any more.</summary>
    public static readonly Problem Unknown = new("guest-unknown", "You have not begun as a guest here, or that is over. Pick a project to begin.");

    /// <summary>The same whether the project is not for guests, a draft, or not there at all.</summary>
    public static readonly Problem ProjectRefused = new("guest-project-refused", "Guests can try live projects of volunteers that are open to everybody. This is none of them.");

    /// <summary>Every slot is taken.</summary>
    public static readonly Problem NoItems = new("guest-no-items", "The project has nothing to answer right now. Try again later, or pick another.");

    private static readonly Problem HandedIn = new("guest-handed-in", "These answers were handed in with an account. Sign in to go on.");

    private static readonly Problem BriefChanged = new("brief-changed", "The question was changed since, so these items can't be answered any more. Forget them and begin again.");

    /// <summary>Whether guests may answer: nothing is paid, nobody is asked who they are, and what is answered is meant.</summary>
    public static bool IsForGuests(ProjectWindow window) =>
        window is { State: ProjectState.Live, Simulated: false, Brief: { PriceMinor: 0, Audience: null } };

    /// <summary>Why a guest who has begun may not begin with this project.</summary>
    public static Problem? OneProject(GuestRecord guest, string project) => guest.Project == project
        ? null
        : new Problem("guest-one-project", $"As a guest you try one project, and yours is '{guest.Project}'. Sign up to work on others.");

    /// <summary>Holds an answer, in place of an earlier one.</summary>
    public static Result<GuestRecord> Hold(GuestRecord guest, ProjectWindow window, int task, ImmutableArray<string> values)
    {
        if (guest.HandedIn || guest.Contributor is not null)
        {
            return HandedIn;
        }

        if (guest.Tasks.FirstOrDefault(shown => shown.Number == task) is not { } held)
        {
            return new Problem("guest-item-unknown", $"Item {task} is not among your {guest.Tasks.Length}. Sign up to answer more.");
        }

        if (!IsForGuests(window))
        {
            return ProjectRefused;
        }

        if (held.Policy.BriefVersion != window.BriefVersion)
        {
            return BriefChanged;
        }

        return AnswerReader.TryRead(window.Brief.Schema, values, out var content, out var error)
            ? guest with { Tasks = guest.Tasks.Replace(held, held with { Answer = content }) }
            : new Problem("answer-invalid", error);
    }

    /// <summary>Why these answers are not this contributor's to hand in.</summary>
    public static Problem? NotYours(GuestRecord guest, string contributor) => guest.Contributor is null || guest.Contributor == contributor ? null : HandedIn;

    /// <summary>Takes note of who hands in, and under which number each answer goes.</summary>
    public static GuestRecord Bind(GuestRecord guest, string contributor, ImmutableArray<long> numbers)
    {
        var next = 0;
        return guest with
        {
            Contributor = contributor,
            Tasks = [.. guest.Tasks.Select(task => task.Answer is null ? task : task with { Assignment = numbers[next++] })],
        };
    }

    /// <summary>Takes note of what became of each answer, and forgets what was answered, by whom and under which number.</summary>
    public static GuestRecord Finish(GuestRecord guest, IReadOnlyDictionary<int, HeldFate> fates) => guest with
    {
        Contributor = null,
        HandedIn = true,
        Tasks = [.. guest.Tasks.Select(task => task with { Answer = null, Assignment = null, Fate = fates.TryGetValue(task.Number, out var fate) ? fate : null })],
    };

    /// <summary>What became of the answers.</summary>
    public static HandInReport Report(GuestRecord guest) => new(
        guest.Project,
        guest.Tasks.Count(task => task.Fate == HeldFate.Counted),
        [.. guest.Tasks.Where(task => task.Fate is not (null or HeldFate.Counted)).Select(task => new RefusedAnswer(task.Number, task.Fate!.Value))]);

    /// <summary>An answer as it was sent.</summary>
    public static ImmutableArray<string> ValuesOf(AnswerContent? content, LabelSchema schema) => content switch
    {
        null => [],
        { NotSure: true } => [LabelSchema.NotSure],
        _ when schema.Kind == LabelKind.Tags => content.Tags,
        _ => [.. content.Choices.Select(choice => schema.Classes()[choice])],
    };
}
