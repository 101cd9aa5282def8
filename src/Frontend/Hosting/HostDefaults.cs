using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Trove.Frontend.Json;

namespace Trove.Frontend.Hosting;

/// <summary>Settings, data folder, server limits: what everything else stands on.</summary>
internal static class HostDefaults
{
    /// <summary>Largest body of an ordinary request; imports and uploads state their own.</summary>
    private const long MaxBody = 1024 * 1024;

    /// <summary>Largest sum of a request's headers: a cookie in several pieces and what proxies add fit twice.</summary>
    private const int MaxHeaders = 16 * 1024;

    public static FrontendOptions AddFrontendOptions(this WebApplicationBuilder builder)
    {
        var options = builder.ReadOptions();
        options.DataFolder = DataFolder.Prepare(options.DataFolder);
        builder.Services.AddSingleton(options);
        return options;
    }

    /// <summary>The settings as a start would take them; touches nothing.</summary>
    /// <exception cref="StartupException">One is wrong.</exception>
    public static FrontendOptions ReadOptions(this WebApplicationBuilder builder)
    {
        // First, so that any file, variable or argument overrides it.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                [KnownHosts.Setting] = KnownHosts.Default,
            },
        });
        var options = builder.Configuration.GetSection(FrontendOptions.Section).Get<FrontendOptions>() ?? new FrontendOptions();
        options.Urls = builder.Configuration["urls"] is { Length: > 0 } urls ? urls : options.Urls;

        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true))
        {
            throw new StartupException($"The settings in section {FrontendOptions.Section} are wrong. {string.Join(' ', errors.Select(error => error.ErrorMessage))}");
        }

        return options;
    }

    public static void AddDefaults(this WebApplicationBuilder builder, FrontendOptions options)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(json => TroveJson.Configure(json.SerializerOptions));
        builder.Services.AddOpenApi("v1");
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaders;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

            // Those of hubs are not among them; the door of the hubs counts those, since the server would fail them in a way that looks like a defect.
            kestrel.Limits.MaxConcurrentConnections = options.Connections;
        });
        builder.RemoveHiddenSteps();
        PublicAddress.Check(Listener.Of(builder.Configuration, options), builder.Configuration, options);
        builder.Services.AddHostedService<PublicAddress>();
    }

    /// <summary>
    /// Takes out what the framework puts before the pipeline: a host filter that knows no problem details, and a switch (ASPNETCORE_FORWARDEDHEADERS_ENABLED) that believes any proxy.
    /// Both have their place, in words and by rules of our own, among the steps of <see cref="TroveHost"/>.
    /// </summary>
    private static void RemoveHiddenSteps(this WebApplicationBuilder builder)
    {
        var hidden = builder.Services.Where(service => service.ServiceType == typeof(IStartupFilter) && service.ImplementationType?.Assembly == typeof(WebApplication).Assembly).ToList();
        hidden.ForEach(filter => builder.Services.Remove(filter));
    }
}
