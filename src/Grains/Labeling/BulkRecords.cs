using System.Collections.Immutable;
using Orleans.Storage;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Grains.Records;

namespace Trove.Grains.Labeling;

/// <summary>Up to <see cref="TaskDefinition.ChunkSize"/> definitions, written once.</summary>
internal sealed record TaskChunk(ImmutableArray<TaskDefinition> Definitions) : IBinaryRecord<TaskChunk>
{
    public TaskChunk()
        : this([])
    {
    }

    public static string RecordKind => "chunk";

    public static byte RecordVersion => 1;

    /// <summary>Name of the <paramref name="number"/>-th chunk of a page.</summary>
    public static string Name(int number) => $"chunk-{number:D4}";

    public void Write(ref RecordWriter w)
    {
        w.Count(Definitions.Length);
        foreach (var definition in Definitions)
        {
            w.Text(definition.SourceId);
            w.OptionalText(definition.Text);
            w.OptionalText(definition.Image);
            w.Bool(definition.Redundancy is not null);
            if (definition.Redundancy is not null)
            {
                LabelingFields.Write(ref w, definition.Redundancy);
            }

            var allowed = definition.Allowed.OrEmpty();
            w.Count(allowed.Length);
            foreach (var contributor in allowed)
            {
                w.Text(contributor);
            }
        }
    }

    public static TaskChunk Read(ref RecordReader r, byte version)
    {
        var definitions = ImmutableArray.CreateBuilder<TaskDefinition>(r.CountOf(5));
        for (var i = definitions.Capacity; i > 0; i--)
        {
            var sourceId = r.Text();
            var text = r.OptionalText();
            var image = r.OptionalText();
            var redundancy = r.Bool() ? LabelingFields.ReadRedundancy(ref r) : null;
            var allowed = ImmutableArray.CreateBuilder<string>(r.CountOf());
            for (var a = allowed.Capacity; a > 0; a--)
            {
                allowed.Add(r.Text());
            }

            definitions.Add(new TaskDefinition(sourceId, text, image, redundancy, allowed.ToImmutable()));
        }

        return new TaskChunk(definitions.ToImmutable());
    }
}

/// <summary>Up to <see cref="Size"/> closed tasks with their evidence. The last segment of a page is rewritten until it is full, then never again.</summary>
internal sealed record ResultSegment(ImmutableArray<TaskClosed> Entries) : IBinaryRecord<ResultSegment>
{
    /// <summary>Most entries of a segment.</summary>
    public const int Size = 64;

    public ResultSegment()
        : this([])
    {
    }

    public static string RecordKind => "segment";

    public static byte RecordVersion => 2;

    /// <summary>Name of the <paramref name="number"/>-th segment of a page.</summary>
    public static string Name(int number) => $"segment-{number:D4}";

    public void Write(ref RecordWriter w)
    {
        w.Count(Entries.Length);
        foreach (var entry in Entries)
        {
            w.Count(entry.Index);
            w.Count(entry.Revision);
            LabelingFields.Write(ref w, entry.Outcome);
            LabelingFields.Write(ref w, entry.Answers);
            w.Signed(entry.SpentMinor);
            w.Time(entry.ClosedAt);
        }
    }

    public static ResultSegment Read(ref RecordReader r, byte version)
    {
        var entries = ImmutableArray.CreateBuilder<TaskClosed>(r.CountOf(15));
        for (var i = entries.Capacity; i > 0; i--)
        {
            entries.Add(new TaskClosed(
                r.Count(), r.Count(), LabelingFields.ReadOutcome(ref r, judged: version >= 2), LabelingFields.ReadAnswers(ref r), r.Signed(), r.Time()));
        }

        return new ResultSegment(entries.ToImmutable());
    }
}

/// <summary>The bulk records of one grain, by name.</summary>
internal sealed class BulkRecords(IGrainStorage storage, GrainId grain)
{
    /// <summary>Reads a record; its state is the type's empty value and <c>RecordExists</c> false when there is none.</summary>
    public async Task<GrainState<T>> Read<T>(string name)
        where T : class, new()
    {
        var state = new GrainState<T>(new T());
        await storage.ReadStateAsync(name, grain, state);
        return state;
    }

    /// <summary>Writes a record under the ETag it was read with; a new one has none.</summary>
    public Task Write<T>(string name, GrainState<T> state) => storage.WriteStateAsync(name, grain, state);

    /// <summary>Writes a record that does not exist yet. False, and nothing is written over, when it does.</summary>
    public async Task<bool> Create<T>(string name, T value)
    {
        try
        {
            await storage.WriteStateAsync(name, grain, new GrainState<T>(value));
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    /// <summary>Removes a record; nothing happens when there is none.</summary>
    public async Task Remove<T>(string name)
        where T : class, new()
    {
        var state = await Read<T>(name);
        if (state.RecordExists)
        {
            await storage.ClearStateAsync(name, grain, state);
        }
    }
}
