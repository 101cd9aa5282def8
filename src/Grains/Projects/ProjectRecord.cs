using System.Collections.Immutable;
using Trove.Contracts.Projects;
using Trove.Grains.Auditing;
using Trove.Grains.Records;

namespace Trove.Grains.Projects;

/// <summary>The stored state of a project. Immutable, so that what is written is never half-changed.</summary>
internal sealed record ProjectRecord : IRecord
{
    /// <inheritdoc/>
    public static string RecordKind => "project";

    /// <inheritdoc/>
    public static byte RecordVersion => 2;

    /// <summary>Account that created it; empty for a project that does not exist.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Where it stands.</summary>
    public ProjectState State { get; init; }

    /// <summary>Every version of the brief; the last is in force.</summary>
    public ImmutableList<Brief> Briefs { get; init; } = [];

    /// <summary>One letter a page, see <see cref="Page"/>: a thousand pages stay readable and small.</summary>
    public string Pages { get; init; } = "";

    /// <summary>Imports by their key.</summary>
    public ImmutableSortedDictionary<string, ImportRecord> Imports { get; init; } =
        ImmutableSortedDictionary.Create<string, ImportRecord>(StringComparer.Ordinal);

    /// <summary>Roles by account. Null in a record of version 1, whose creator is its only owner.</summary>
    public ImmutableSortedDictionary<string, TeamRole>? Team { get; init; }

    /// <summary>Whether its contributors are simulated; fixed when it is created.</summary>
    public bool Simulated { get; init; }

    /// <summary>What the audit logs must know; null in a record of version 1.</summary>
    public ActsRecord? Acts { get; init; }

    /// <summary>Version of the window when this was written.</summary>
    public long Version { get; init; }
}

/// <summary>One import into a project.</summary>
internal sealed record ImportRecord
{
    /// <summary>The page of each batch.</summary>
    public ImmutableSortedDictionary<int, int> Pages { get; init; } = ImmutableSortedDictionary<int, int>.Empty;

    /// <summary>Tasks it brought; null while it goes on.</summary>
    public long? Tasks { get; init; }
}

/// <summary>The letters of <see cref="ProjectRecord.Pages"/>.</summary>
internal static class Page
{
    /// <summary>Its import is not done.</summary>
    public const char Filling = 'f';

    /// <summary>It may open.</summary>
    public const char Ready = 'r';

    /// <summary>It hands out work.</summary>
    public const char Open = 'o';

    /// <summary>Every task of it is closed.</summary>
    public const char Closed = 'c';
}
