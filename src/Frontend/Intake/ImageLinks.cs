using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Trove.Frontend.Intake;

/// <summary>
/// Signed, expiring, relative addresses of pictures. Who holds one may see that picture for that project until it expires; nobody can make one without the key,
/// which lives in the data folder, so that addresses survive a restart.
/// </summary>
internal sealed class ImageLinks(byte[] key, TimeSpan lifetime, TimeProvider clock)
{
    /// <summary>Expiry moves in steps: a client that is offered the same picture again within one gets the same address and need not load it twice.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    /// <summary>The address under which a picture of a project may be loaded for a while.</summary>
    public string Sign(string project, string hash)
    {
        var expires = new DateTimeOffset((((clock.GetUtcNow() + lifetime).Ticks / Step.Ticks) + 1) * Step.Ticks, TimeSpan.Zero).ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"/images/{project}/{hash}?exp={expires}&sig={Signature(project, hash, expires)}");
    }

    /// <summary>Whether the address is one that was signed here and has not expired.</summary>
    public bool IsValid(string project, string hash, long expires, string? signature) =>
        signature is { Length: <= 64 }
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Signature(project, hash, expires)))
        && expires >= clock.GetUtcNow().ToUnixTimeSeconds();

    private string Signature(string project, string hash, long expires) => Base64Url.EncodeToString(
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"image\n{project}\n{hash}\n{expires}"))));
}
