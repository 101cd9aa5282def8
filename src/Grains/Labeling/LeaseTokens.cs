using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Trove.Contracts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Records;

namespace Trove.Grains.Labeling;

/// <summary>
/// Signs leases, so that a task that lost its memory can take a holder's word for it. Layout: one byte of version, the
/// lease's fields, 16 bytes of HMAC-SHA256 over both; all in base64url.
/// </summary>
/// <param name="key">The secret; whoever has it can make leases up.</param>
internal sealed class LeaseTokens(ReadOnlySpan<byte> key)
{
    /// <summary>Longest token, in characters.</summary>
    public const int MaxLength = 512;

    private const byte Version = 1;
    private const int MacLength = 16;

    private readonly byte[] _key = key.ToArray();

    /// <summary>The signed lease. Keys that obey <see cref="Keys"/> always fit into <see cref="MaxLength"/>.</summary>
    public string Sign(Lease lease)
    {
        var w = new RecordWriter(MaxLength);
        try
        {
            w.Byte(Version);
            Write(ref w, lease);
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(_key, w.Written, mac);
            w.Raw(mac[..MacLength]);
            return Base64Url.EncodeToString(w.Written);
        }
        finally
        {
            w.Dispose();
        }
    }

    /// <summary>Reads a token that this key signed. Whatever else the text is, the answer is false and a sentence that says why.</summary>
    public bool TryRead(string? token, out Lease lease, out string error)
    {
        lease = null!;
        error = "The token is none of ours: send it back exactly as it was offered.";
        if (token is null || token.Length is 0 or > MaxLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Base64Url.GetMaxDecodedLength(MaxLength)];
        if (Base64Url.DecodeFromChars(token, bytes, out _, out var length) != OperationStatus.Done || length <= MacLength)
        {
            return false;
        }

        var signed = bytes[..(length - MacLength)];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, signed, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..MacLength], bytes[signed.Length..length]))
        {
            return false;
        }

        if (signed[0] != Version)
        {
            error = "The token was given by another version of Trove: join again.";
            return false;
        }

        var r = new RecordReader("lease", signed[1..]);
        lease = Read(ref r);
        r.End();
        error = "";
        return true;
    }

    private static void Write(ref RecordWriter w, Lease lease)
    {
        w.Text(lease.Contributor);
        w.Text(lease.Task.Project);
        w.Text(lease.Task.Kind);
        w.Count(lease.Task.Number);
        w.Signed(lease.Assignment);
        w.Signed(lease.Incarnation);
        w.Time(lease.Deadline);
        LabelingFields.Write(ref w, lease.Policy);
    }

    private static Lease Read(ref RecordReader r)
    {
        var contributor = r.Text();
        var task = new TaskId(r.Text(), KnownKind(r.Text()), r.Count());
        var assignment = r.Signed();
        var incarnation = r.Signed();
        var deadline = r.Time();
        return new Lease(contributor, task, assignment, incarnation, deadline, LabelingFields.ReadPolicy(ref r));
    }

    private static string KnownKind(string kind) => kind == TaskKinds.Label ? TaskKinds.Label : kind;
}
