using Trove.Contracts;

namespace Trove.Frontend.Intake;

/// <summary>A picture that was taken in.</summary>
/// <param name="Hash">SHA-256 of the stored file, 64 lower-case hex digits; tasks name the picture by it.</param>
/// <param name="Width">Stored width in pixels, before the orientation is applied.</param>
/// <param name="Height">Stored height in pixels.</param>
/// <param name="Orientation">EXIF orientation 1 to 8 that the upload stated; the stored file says nothing of it any more.</param>
/// <param name="Bytes">Size of the stored file.</param>
public sealed record StoredImage(string Hash, int Width, int Height, int Orientation, long Bytes);

/// <summary>The one way for a picture into Trove: spooled to disk, checked, freed of metadata, stored under its hash.</summary>
internal sealed class ImageIntake(BlobStore blobs) : IDisposable
{
    /// <summary>A slow upload holds a file, not memory; memory is taken only while a picture is checked, by so many at a time.</summary>
    private readonly SemaphoreSlim _checks = new(Math.Max(2, Environment.ProcessorCount));

    /// <summary>Takes a picture in, or says why not.</summary>
    public async Task<Result<StoredImage>> Take(Stream upload, CancellationToken cancellation)
    {
        await using var spool = blobs.Scratch();
        if (!await Spool(upload, spool, cancellation))
        {
            return RefusedImage.TooLarge;
        }

        await _checks.WaitAsync(cancellation);
        try
        {
            var file = new byte[spool.Length];
            spool.Position = 0;
            await spool.ReadExactlyAsync(file, cancellation);
            return CleanImage.Read(file) switch
            {
                { Value: { } image } => Store(image),
                var refused => refused.Problem!,
            };
        }
        finally
        {
            _checks.Release();
        }
    }

    public void Dispose() => _checks.Dispose();

    private Result<StoredImage> Store(CleanImage image) => blobs.Put(image.Pieces) switch
    {
        { Value: { } hash } => new StoredImage(hash, image.Width, image.Height, image.Orientation, image.Pieces.Sum(piece => (long)piece.Length)),
        var refused => refused.Problem!,
    };

    private static async Task<bool> Spool(Stream upload, FileStream spool, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (await upload.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            if (spool.Length + read > ImageLimits.Bytes)
            {
                return false;
            }

            await spool.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }

        return true;
    }
}
