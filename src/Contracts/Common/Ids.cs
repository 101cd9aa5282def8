namespace Trove.Contracts;

/// <summary>The kinds of task a page can hold. <c>label</c>: a question about an item; <c>review</c>: does a photo fit its brief.</summary>
public static class TaskKinds
{
    /// <summary>A label task of a project.</summary>
    public const string Label = "label";

    /// <summary>The review of an offered photo.</summary>
    public const string Review = "review";
}

/// <summary>Names one label task: the <paramref name="Number"/>-th task (from 0) of its kind in its project.</summary>
/// <param name="Project">Key of the project.</param>
/// <param name="Kind">One of <see cref="TaskKinds"/>.</param>
/// <param name="Number">0-based; page = number / <see cref="PageSize"/>.</param>
[GenerateSerializer, Immutable, Alias("trove.task-id")]
public readonly record struct TaskId(
    [property: Id(0)] string Project,
    [property: Id(1)] string Kind,
    [property: Id(2)] int Number)
{
    /// <summary>Tasks in a page: one pool owns at most so many.</summary>
    public const int PageSize = 1024;

    /// <summary>Grain key of the task, <c>project/kind/n</c>.</summary>
    public string Key => $"{Project}/{Kind}/{Number}";

    /// <summary>The page that this task stands on.</summary>
    public PageId Page => new(Project, Kind, Number / PageSize);

    /// <summary>Index of the task within its page.</summary>
    public int Index => Number % PageSize;

    /// <summary>Reads a grain key back.</summary>
    /// <exception cref="FormatException">The text is not <c>project/kind/n</c>.</exception>
    public static TaskId Parse(string key)
    {
        var last = key.LastIndexOf('/');
        var first = last > 0 ? key.LastIndexOf('/', last - 1) : -1;
        if (first <= 0 || !int.TryParse(key.AsSpan(last + 1), out var number))
        {
            throw new FormatException($"'{key}' is not the key of a task (project/kind/number).");
        }

        return new TaskId(key[..first], key[(first + 1)..last], number);
    }

    /// <inheritdoc/>
    public override string ToString() => Key;
}

/// <summary>Names a page of tasks, owned by one task pool.</summary>
[GenerateSerializer, Immutable, Alias("trove.page-id")]
public readonly record struct PageId(
    [property: Id(0)] string Project,
    [property: Id(1)] string Kind,
    [property: Id(2)] int Page)
{
    /// <summary>Grain key of the pool, <c>project/kind/page</c>.</summary>
    public string Key => $"{Project}/{Kind}/{Page}";

    /// <summary>The task at <paramref name="index"/> of this page.</summary>
    public TaskId Task(int index) => new(Project, Kind, (Page * TaskId.PageSize) + index);

    /// <summary>Reads a grain key back.</summary>
    /// <exception cref="FormatException">The text is not <c>project/kind/page</c>.</exception>
    public static PageId Parse(string key)
    {
        var task = TaskId.Parse(key);
        return new PageId(task.Project, task.Kind, task.Number);
    }

    /// <inheritdoc/>
    public override string ToString() => Key;
}

/// <summary>What may stand in a key: letters, digits, dot, underscore and hyphen of ASCII, at most 64 of them.</summary>
public static class Keys
{
    /// <summary>Most characters of one key part.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether <paramref name="part"/> can stand in a grain key.</summary>
    public static bool IsValid(string? part)
    {
        if (part is null || part.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (var c in part)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
