using Trove.Contracts;
using Trove.Grains.Projects;
using Trove.Silo.Records;

namespace Trove.Silo.Audit;

/// <summary>What a project knows of its pages against the pages that are there.</summary>
internal sealed class ProjectChecks(AuditFile file, Findings findings)
{
    private readonly Dictionary<string, Dictionary<int, PageCounts?>> _pages = new(StringComparer.Ordinal);

    /// <summary>Takes a page in: two numbers are kept of it.</summary>
    public void Add(AuditPage page)
    {
        if (page.Id.Kind != TaskKinds.Label || (page.Pool is null && !page.IsPoolUnreadable))
        {
            return;
        }

        if (!_pages.TryGetValue(page.Id.Project, out var pages))
        {
            _pages[page.Id.Project] = pages = [];
        }

        pages[page.Id.Page] = page.Pool is { } pool ? new PageCounts(pool.Count, page.Closed.Count()) : null;
    }

    /// <summary>Checks every project, when all pages were taken in.</summary>
    public void Check()
    {
        foreach (var row in file.Rows(RecordTable.Records, "project/", "project0")) // '0' is the character after '/'
        {
            if (!AuditFile.TryParse(row.Key, key => key, out var project))
            {
                continue;
            }

            var pages = _pages.GetValueOrDefault(project) ?? [];
            _pages.Remove(project);
            if (file.Decode<ProjectRecord>(row) is { } record)
            {
                Check(project, record, pages);
            }
        }

        foreach (var (project, pages) in _pages)
        {
            findings.Add(AuditCodes.PageCount, project, $"There are {pages.Count} pages of it, but no record of the project.");
        }
    }

    private void Check(string project, ProjectRecord record, Dictionary<int, PageCounts?> pages)
    {
        foreach (var page in pages.Keys.Where(page => page >= record.Pages.Length))
        {
            findings.Add(AuditCodes.PageCount, project, $"There is a page {page}, but the project has given out only {record.Pages.Length}.");
        }

        foreach (var (import, done) in record.Imports)
        {
            var counts = done.Pages.Values.Select(page => pages.TryGetValue(page, out var known) ? known : new PageCounts(0, 0)).ToList();
            if (done.Tasks is { } tasks && !counts.Contains(null) && counts.Sum(page => page!.Tasks) is var sum && sum != tasks)
            {
                findings.Add(AuditCodes.PageCount, project, $"The import '{import}' brought {tasks} tasks; its pages have {sum}.");
            }
        }

        for (var page = 0; page < record.Pages.Length; page++)
        {
            if (record.Pages[page] == Page.Closed && pages.GetValueOrDefault(page) is { } counts && counts.Closed < counts.Tasks)
            {
                findings.Add(AuditCodes.PageCount, project, $"The project calls page {page} closed; {counts.Closed} of its {counts.Tasks} tasks are.");
            }
        }
    }

    private sealed record PageCounts(int Tasks, int Closed);
}
