using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Hosting;

/// <summary>
/// How many requests are taken. Who has shown a valid key or cookie is counted by who they are, wherever they call from; everybody else by network, so that nobody pays for a neighbour who has an account.
/// A hub connection is one request; what is said on it is counted by <see cref="Hubs.TokenBucket"/>.
/// </summary>
internal static class RateLimits
{
    /// <summary>Policy of routes that take a secret which could be guessed: counted by network, besides what holds for all.</summary>
    public const string SignIn = "sign-in";

    /// <summary>Policy of routes by which a guest begins, which costs records and asks for nothing: counted by network, besides what holds for all.</summary>
    public const string Guests = "guests";

    public static void AddRateLimits(this WebApplicationBuilder builder, FrontendOptions options) => builder.Services.AddRateLimiter(limits =>
    {
        var callers = PerMinute(options.CallerRequestsPerMinute);
        var networks = PerMinute(options.AddressRequestsPerMinute);
        var guesses = PerMinute(options.SignInsPerMinute);
        var guests = PerMinute(options.GuestsPerMinute);
        limits.OnRejected = Refuse;
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Sender>(context =>
            context.User.Identity is { IsAuthenticated: true } ? callers(new Sender(context.User.Caller(), 0)) : networks(Network(context)));
        limits.AddPolicy(SignIn, context => guesses(Network(context)));
        limits.AddPolicy(Guests, context => guests(Network(context)));
    });

    /// <summary>A bucket that holds the requests of one minute and fills evenly; 0 = any number.</summary>
    private static Func<Sender, RateLimitPartition<Sender>> PerMinute(int requests)
    {
        if (requests == 0)
        {
            return static sender => RateLimitPartition.GetNoLimiter(sender);
        }

        // No finer than a tenth of a second, which is how often buckets are filled.
        var atOnce = Math.Max(1, requests / 600);
        var bucket = new TokenBucketRateLimiterOptions { TokenLimit = requests, TokensPerPeriod = atOnce, ReplenishmentPeriod = TimeSpan.FromMinutes(1) * atOnce / requests };
        return sender => RateLimitPartition.GetTokenBucketLimiter(sender, _ => bucket);
    }

    private static Sender Network(HttpContext context) => new(null, NetworkOf(context.Connection.RemoteIpAddress));

    /// <summary>An IPv4 address as it is; of IPv6 the first 64 bits, since one subscriber has all addresses behind them.</summary>
    internal static UInt128 NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        var whole = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? whole : whole >> 64 << 64;
    }

    private static async ValueTask Refuse(OnRejectedContext rejected, CancellationToken cancellation)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.Zero;
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        rejected.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problems.Of(new Problem("too-many-requests", $"More requests than allowed. Send the next one in {seconds} s, and then more slowly.")).ExecuteAsync(rejected.HttpContext);
    }

    private readonly record struct Sender(string? Caller, UInt128 Network);
}
