using Trove.Contracts;
using Trove.Grains.Auditing;
using Trove.Grains.Contributors;
using Trove.Grains.Labeling;
using Trove.Grains.Projects;
using Trove.Grains.Records;
using Trove.Silo.Records;

namespace Trove.Silo.Audit;

/// <summary>Whether the file is whole and each of its records can be read. What later checks can't read they pass over: it is named here.</summary>
internal static class FileChecks
{
    private static readonly RecordSerializer Serializer = new();

    /// <returns>Whether the structure of the file and its log is sound; if not, nothing that it says can be trusted.</returns>
    public static bool Structure(AuditFile file, Findings findings)
    {
        var broken = file.BrokenStructure();
        foreach (var line in broken)
        {
            findings.Add(AuditCodes.FileDamaged, file.Path, line);
        }

        var log = LogFault(file.Path + "-wal");
        if (log is not null)
        {
            findings.Add(AuditCodes.FileDamaged, file.Path + "-wal", log);
        }

        return broken.Count == 0 && log is null;
    }

    /// <summary>
    /// SQLite passes over damage in its log in silence, and with it over what was acknowledged later. A running instance may begin its log anew
    /// under our eyes, which looks like damage; what is damage is still there at a second look.
    /// </summary>
    private static string? LogFault(string path)
    {
        string? fault = null;
        for (var look = 0; look < 2 && File.Exists(path); look++)
        {
            try
            {
                WriteAheadLog.Check(path);
                return null;
            }
            catch (RecordFileException e)
            {
                fault = e.Message;
            }
        }

        return fault;
    }

    public static void Records(AuditFile file, Findings findings)
    {
        foreach (var row in Enum.GetValues<RecordTable>().SelectMany(table => file.Rows(table, from: "", to: "\uffff")))
        {
            if (Fault(row) is { } fault)
            {
                findings.Add(AuditCodes.Damaged, row.Key, fault);
            }
        }
    }

    private static string? Fault(AuditRow row)
    {
        if (!row.IsIntact)
        {
            return "It does not match its checksum. Restore it from a backup.";
        }

        try
        {
            var key = RecordKey.Parse(row.Key).GrainKey;
            Read(RecordHeader.Read(row.Value).Kind, key, row.Value);
            return null;
        }
        catch (Exception e) when (e is RecordDamagedException or RecordTooNewException or FormatException)
        {
            return e.Message;
        }
    }

    /// <summary>Reads a record by its kind. Of a kind that no check uses the header is enough.</summary>
    private static object? Read(string kind, string key, byte[] value) => kind switch
    {
        _ when kind == LabelTaskRecord.RecordKind => (TaskId.Parse(key), Serializer.Deserialize<LabelTaskRecord>(value)),
        _ when kind == TaskPoolRecord.RecordKind => (PageId.Parse(key), Serializer.Deserialize<TaskPoolRecord>(value)),
        _ when kind == TaskChunk.RecordKind => Serializer.Deserialize<TaskChunk>(value),
        _ when kind == ResultSegment.RecordKind => Serializer.Deserialize<ResultSegment>(value),
        _ when kind == ContributorHot.RecordKind => Serializer.Deserialize<ContributorHot>(value),
        _ when kind == LedgerPage.RecordKind => Serializer.Deserialize<LedgerPage>(value),
        _ when kind == DraftsRecord.RecordKind => Serializer.Deserialize<DraftsRecord>(value),
        _ when kind == ProfileRecord.RecordKind => Serializer.Deserialize<ProfileRecord>(value),
        _ when kind == ProjectRecord.RecordKind => Serializer.Deserialize<ProjectRecord>(value),
        _ when kind == CatalogueRecord.RecordKind => Serializer.Deserialize<CatalogueRecord>(value),
        _ when kind == AuditLogRecord.RecordKind => Serializer.Deserialize<AuditLogRecord>(value),
        _ when kind == AuditLogPage.RecordKind => Serializer.Deserialize<AuditLogPage>(value),
        _ => null,
    };
}
