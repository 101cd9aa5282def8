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

    /// <summary>Addresses to listen on, separated by semicolons; <c>--urls</c> and <c>ASPNETCORE_URLS</c> say the same. Plain HTTP is for this machine or behind one of <see cref="Proxies"/>.</summary>
    /// <value>Default: <c>http://127.0.0.1:5080</c>.</value>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:5080";

    /// <summary>Addresses and networks of the proxies that stand in front and speak HTTPS, separated by semicolons: what they say of a request in <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> is believed.</summary>
    /// <value>Default: none.</value>
    public string Proxies { get; set; } = "";

    /// <summary>Proxies that one request passes, at most. Higher than there are: a client can lie about its address.</summary>
    /// <value>Default: 1.</value>
    [Range(1, 10)]
    public int ProxyHops { get; set; } = 1;

    /// <summary>Origins of web pages elsewhere that may call Trove in the name of their users, separated by semicolons, such as <c>https://app.example.org</c>.</summary>
    /// <value>Default: none.</value>
    public string Origins { get; set; } = "";

    /// <summary>Connections that are open at once, of everybody: so many to hubs, and so many others.</summary>
    /// <value>Default: 20,000.</value>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 20_000;

    /// <summary>Requests per minute from one network (an IPv4 address, an IPv6 /64) whose senders have shown no valid key or cookie, in the long run and at once; 0 = any number.</summary>
    /// <value>Default: 600.</value>
    [Range(0, 10_000_000)]
    public int AddressRequestsPerMinute { get; set; } = 600;

    /// <summary>Requests per minute of one account, its keys included, in the long run and at once; 0 = any number. Lower: importing pictures, a request each, takes longer.</summary>
    /// <value>Default: 6,000.</value>
    [Range(0, 10_000_000)]
    public int CallerRequestsPerMinute { get; set; } = 6_000;

    /// <summary>Requests per minute from one network to routes that take a secret which could be guessed; 0 = any number. Lower: guessing is slower, and people who share an address wait for each other.</summary>
    /// <value>Default: 20.</value>
    [Range(0, 10_000_000)]
    public int SignInsPerMinute { get; set; } = 20;

    /// <summary>Times per minute that guests may begin from one network; 0 = any number. Lower: who fills the disk with guests is slower, and a class in one room begins one after another.</summary>
    /// <value>Default: 10.</value>
    [Range(0, 10_000_000)]
    public int GuestsPerMinute { get; set; } = 10;

    /// <summary>Hub connections that one account, its keys included, may hold at once; 0 = any number.</summary>
    /// <value>Default: 16.</value>
    [Range(0, 1_000_000)]
    public int HubConnectionsPerCaller { get; set; } = 16;

    /// <summary>Whether admins may act as such only with a second factor on their account, by key too.</summary>
    /// <value>Default: false.</value>
    public bool AdminsNeedSecondFactor { get; set; }

    /// <summary>Whether anybody with an account may become a developer and create projects. Off: admins give the role.</summary>
    /// <value>Default: true.</value>
    public bool OpenDevelopers { get; set; } = true;

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
