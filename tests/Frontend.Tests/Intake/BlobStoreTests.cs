using System.Security.Cryptography;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Tests.Intake;

public sealed class BlobStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trove-blobs-").FullName;

    [Fact]
    public void A_blob_lies_under_its_hash_and_nothing_else_is_left()
    {
        var store = new BlobStore(_folder, 0);
        var hash = store.Put(["one"u8.ToArray(), "two"u8.ToArray()]).Value!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("onetwo"u8)), hash);
        Assert.Equal(Path.Combine(_folder, "blobs", hash[..2], hash[2..4], hash), store.Find(hash));
        Assert.Equal(hash, store.Put(["onetwo"u8.ToArray()]).Value);
        Assert.Equal([store.Find(hash)!], Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD")]
    public void What_is_no_hash_is_no_path(string name) => Assert.Null(new BlobStore(_folder, 0).Find(name));

    [Fact]
    public void A_disk_without_reserve_takes_nothing_more()
    {
        var refused = new BlobStore(_folder, long.MaxValue / 2).Put(["x"u8.ToArray()]);
        Assert.Equal("storage-full", refused.Problem?.Code);
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Intake_stops_reading_at_the_limit()
    {
        using var intake = new ImageIntake(new BlobStore(_folder, 0));
        await using var endless = new Endless();
        var refused = await intake.Take(endless, default);
        Assert.Equal("image-too-large", refused.Problem?.Code);
        Assert.InRange(endless.Given, ImageLimits.Bytes, ImageLimits.Bytes + (128 * 1024));
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Intake_stores_the_clean_picture()
    {
        var store = new BlobStore(_folder, 0);
        using var intake = new ImageIntake(store);
        var taken = (await intake.Take(new MemoryStream(TinyImages.Jpeg(32, 24, [TinyImages.Exif(8)])), default)).Value!;
        Assert.Equal((32, 24, 8), (taken.Width, taken.Height, taken.Orientation));
        var stored = await File.ReadAllBytesAsync(store.Find(taken.Hash)!);
        Assert.Equal((taken.Bytes, taken.Hash), (stored.Length, Convert.ToHexStringLower(SHA256.HashData(stored))));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Endless : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
