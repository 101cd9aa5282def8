using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Trove.Frontend.Identity;
using Trove.Frontend.Json;

namespace Trove.Frontend.Hosting;

/// <summary>Settings, data folder, server limits: what everything else stands on.</summary>
internal static class HostDefaults
{
    /// <summary>Largest body of an ordinary request; imports and uploads state their own.</summary>
    private const long MaxBody = 1024 * 1024;

    public static FrontendOptions AddFrontendOptions(this WebApplicationBuilder builder)
    {
        // First, so that any file, variable or argument overrides it.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                // A page of a foreign site that made its name point at this machine is turned away.
                ["AllowedHosts"] = "localhost;127.0.0.1;[::1]",
            },
        });
        var options = builder.Configuration.GetSection(FrontendOptions.Section).Get<FrontendOptions>() ?? new FrontendOptions();
        options.Urls = builder.Configuration["urls"] is { Length: > 0 } urls ? urls : options.Urls;

        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true))
        {
            throw new StartupException($"The settings in section {FrontendOptions.Section} are wrong. {string.Join(' ', errors.Select(error => error.ErrorMessage))}");
        }

        options.DataFolder = DataFolder.Prepare(options.DataFolder);
        builder.Services.AddSingleton(options);
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
        });
        builder.Services.AddHostedService<LoopbackOnly>();
        LoopbackOnly.Check(builder.Configuration, options);
    }
}
