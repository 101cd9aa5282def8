namespace Trove.Frontend.Hosting;

/// <summary>Web pages of other origins that may use Trove in the name of who looks at them. None, unless they are listed.</summary>
internal sealed class Origins(FrontendOptions options)
{
    private readonly ImmutableArray<string> _listed = Settings.Origins(options.Origins);

    /// <summary>Whether a page of a foreign origin sends this. Programs and pages of Trove itself don't; the header can't be forged by a page.</summary>
    public bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is [{ } origin, ..]
        && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
        && !_listed.Contains(origin, StringComparer.OrdinalIgnoreCase);
}

internal static class OriginsSetup
{
    public static void AddOrigins(this WebApplicationBuilder builder, FrontendOptions options)
    {
        builder.Services.AddSingleton(new Origins(options));
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. Settings.Origins(options.Origins)])
            .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "X-Requested-With", "X-SignalR-User-Agent")
            .WithExposedHeaders("Location", "Retry-After")
            .AllowCredentials()
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
    }

    public static void UseOrigins(this WebApplication app, FrontendOptions options)
    {
        if (options.Origins.Length > 0)
        {
            app.UseCors();
        }
    }
}
