using System.ComponentModel.DataAnnotations;

namespace Trove.Frontend;

/// <summary>Settings of the frontend, section <c>Trove</c> of the configuration.</summary>
public sealed class FrontendOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Trove";

    /// <summary>Folder of everything that is kept: records, pictures, keys. Made when it is missing.</summary>
    /// <value>Default: <c>.data</c> in the working folder.</value>
    [Required]
    public string DataFolder { get; set; } = ".data";

    /// <summary>File of the key that encrypts the key ring in the records (cookies and links depend on it). Made when it is missing. Elsewhere than the data folder, a copy of that folder alone signs nobody in.</summary>
    /// <value>Default: <c>keys/protection</c> in the data folder.</value>
    public string? ProtectionKeyFile { get; set; }

    /// <summary>Addresses to listen on, separated by semicolons; <c>--urls</c> and <c>ASPNETCORE_URLS</c> say the same. Loopback only, as long as callers are not authenticated for real.</summary>
    /// <value>Default: <c>http://127.0.0.1:5080</c>.</value>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:5080";

    /// <summary>Messages that one hub connection may send per second in the long run; 0 = any number. Higher: one client can take more of the machine.</summary>
    /// <value>Default: 200.</value>
    [Range(0, 1_000_000)]
    public int HubMessagesPerSecond { get; set; } = 200;

    /// <summary>Messages that one hub connection may send at once after a quiet time.</summary>
    /// <value>Default: 400.</value>
    [Range(1, 1_000_000)]
    public int HubBurst { get; set; } = 400;

    /// <summary>How often the presence of connected contributors and the subscriptions of boards are renewed, in seconds. Must stay well below the contributors' grace and the 30 s of a subscription.</summary>
    /// <value>Default: 10.</value>
    [Range(1, 20)]
    public int RenewSeconds { get; set; } = 10;

    /// <summary>How long the address of a picture is valid, in minutes. Shorter: a leaked one ends sooner; longer: a slow contributor need not resume.</summary>
    /// <value>Default: 30.</value>
    [Range(1, 1440)]
    public int ImageLinkMinutes { get; set; } = 30;

    /// <summary>Disk space that pictures never use, in megabytes: records need room to grow and to be compacted.</summary>
    /// <value>Default: 256.</value>
    [Range(0, 1_000_000)]
    public int SpareDiskMegabytes { get; set; } = 256;

    /// <summary>Largest body of one task import, in megabytes. An import is streamed, so it costs no memory.</summary>
    /// <value>Default: 4096.</value>
    [Range(1, 1_000_000)]
    public int ImportMegabytes { get; set; } = 4096;

    /// <summary>How long requests under way may take to finish when the host stops, in seconds.</summary>
    /// <value>Default: 10.</value>
    [Range(0, 300)]
    public int ShutdownSeconds { get; set; } = 10;
}
