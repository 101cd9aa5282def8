using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Trove.Contracts.Accounts;

namespace Trove.Frontend.Identity;

/// <summary>
/// The keys of data protection (cookies, links in mails) among the records, so that every frontend has the same and they outlive each of them. Data protection
/// asks synchronously, seldom, and never from a grain: at the start, and then in the background.
/// </summary>
internal sealed class KeyRing(IGrainFactory grains) : IXmlRepository
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Wait(ring => ring.All()).Select(element => XElement.Parse(element.Xml))];

    public void StoreElement(XElement element, string friendlyName) => Wait(async ring =>
    {
        await ring.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));
        return true;
    });

    /// <summary>On a thread of the pool, whatever thread asks: none that a grain's turn could need is blocked.</summary>
    private T Wait<T>(Func<IKeyRingGrain, Task<T>> call) =>
        Task.Run(() => call(grains.GetGrain<IKeyRingGrain>(IKeyRingGrain.Key)).WaitAsync(Patience)).GetAwaiter().GetResult();
}

internal static class KeyRingSetup
{
    private const string KeyName = "protection";

    /// <summary>
    /// Data protection over the key ring. After the grains and before everything that protects something: services start in this order, and data protection
    /// reads its ring when it starts.
    /// </summary>
    /// <exception cref="StartupException">The key file is damaged or can't be read.</exception>
    public static void AddKeyRing(this WebApplicationBuilder builder, FrontendOptions options)
    {
        var path = options.ProtectionKeyFile is { Length: > 0 } elsewhere ? Path.GetFullPath(elsewhere) : DataFolder.KeyFile(options.DataFolder, KeyName);
        var seal = new KeySeal(DataFolder.Key(path));
        builder.Services.AddSingleton(seal);
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddHostedService(services => new SealCheck(services.GetRequiredService<KeyRing>(), seal, path));
        builder.Services.AddDataProtection().SetApplicationName("Trove");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<KeyRing>((keys, ring) =>
        {
            keys.XmlRepository = ring;
            keys.XmlEncryptor = new KeySealer(seal);
        });
    }

    /// <summary>
    /// Looks whether the key file fits the ring before data protection does: that one would pass over keys it can't open, make a new one, and sign everybody out.
    /// </summary>
    private sealed class SealCheck(KeyRing ring, KeySeal seal, string path) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (ring.GetAllElements().SelectMany(element => element.Descendants(KeySeal.Element)).Any(secret => !seal.Fits(secret)))
            {
                throw new StartupException(
                    $"The key ring in the records was sealed with another key than that of '{path}'. Put that file back from the backup that belongs to the records.");
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
