using Trove.Contracts;
using Trove.Grains.Labeling;
using Trove.Silo.Records;

namespace Trove.Silo.Audit;

/// <summary>Reads a file page by page. What belongs to a page lies together in the file, so each page is three short runs of records.</summary>
internal sealed class PageReader(AuditFile file)
{
    private readonly HashSet<PageId> _pages =
    [
        .. PagesOf("pool", PageId.Parse, page => (page with { Page = page.Page + 1 }).Key, file),
        .. PagesOf("task", key => TaskId.Parse(key).Page, page => page.Task(TaskId.PageSize).Key, file),
    ];

    /// <summary>Every page that has a record of its own or of a task.</summary>
    public IEnumerable<AuditPage> Pages() => _pages.Select(Read);

    private AuditPage Read(PageId id)
    {
        var pool = file.Find(RecordTable.Records, RecordKey.Of("pool", id.Key, "pool"));
        var record = pool is null ? null : file.Decode<TaskPoolRecord>(pool);
        var page = new AuditPage
        {
            Id = id,
            Pool = record,
            IsPoolUnreadable = pool is not null && record is null,
            Closed = record is null ? new PageBits() : new PageBits(record.Closed.AsSpan()),
        };
        if (record is not null)
        {
            ReadDefinitions(page, record);
            ReadEvidence(page, record);
        }

        ReadTasks(page);
        return page;
    }

    private void ReadDefinitions(AuditPage page, TaskPoolRecord pool)
    {
        foreach (var (number, size) in pool.Chunks)
        {
            var row = file.Find(RecordTable.Bulk, RecordKey.Of("pool", page.Id.Key, TaskChunk.Name(number)));
            var chunk = row is null ? null : file.Decode<TaskChunk>(row);
            if (row is null || (chunk is not null && chunk.Definitions.Length != size))
            {
                page.MissingChunks.Add(number);
                chunk = null;
            }

            for (var i = 0; i < size; i++)
            {
                page.Definitions.Add(chunk?.Definitions[i]);
            }
        }
    }

    private void ReadEvidence(AuditPage page, TaskPoolRecord pool)
    {
        for (var number = 0; number < pool.Segments; number++)
        {
            if (file.Find(RecordTable.Bulk, RecordKey.Of("pool", page.Id.Key, ResultSegment.Name(number))) is not { } row)
            {
                continue; // the tasks that stood there are named one by one
            }

            if (file.Decode<ResultSegment>(row) is not { } segment)
            {
                page.Evidence = null;
                return;
            }

            foreach (var entry in segment.Entries)
            {
                if (!page.Evidence!.TryGetValue(entry.Index, out var earlier))
                {
                    page.Evidence.Add(entry.Index, entry);
                    continue;
                }

                page.Doubles.Add(entry.Index);
                page.Evidence[entry.Index] = entry.Revision >= earlier.Revision ? entry : earlier;
            }
        }
    }

    private void ReadTasks(AuditPage page)
    {
        var from = RecordKey.Prefix("task", page.Id.Task(0).Key);
        var to = RecordKey.Prefix("task", page.Id.Task(TaskId.PageSize).Key);
        foreach (var row in file.Rows(RecordTable.Records, from, to))
        {
            if (AuditFile.TryParse(row.Key, TaskId.Parse, out var task))
            {
                page.Tasks[task.Index] = file.Decode<LabelTaskRecord>(row);
            }
        }
    }

    /// <summary>The pages that the records of one type of grain belong to: looked up from one page to the next, not record by record.</summary>
    private static IEnumerable<PageId> PagesOf(string grainType, Func<string, PageId> pageOf, Func<PageId, string> end, AuditFile file)
    {
        var (from, to) = (grainType + "/", grainType + "0"); // '0' is the character after '/'
        while (file.FirstKey(RecordTable.Records, from, to) is { } key)
        {
            if (AuditFile.TryParse(key, pageOf, out var page))
            {
                yield return page;
                from = RecordKey.Prefix(grainType, end(page));
            }
            else
            {
                from = key + "\0";
            }
        }
    }
}
