using Trove.Frontend.Identity;
using Trove.Frontend.Labeling;

namespace Trove.Frontend.Intake;

/// <summary>Pictures in, by a developer; pictures out, by signed address.</summary>
internal static class ImageEndpoints
{
    public static void AddIntake(this WebApplicationBuilder builder, FrontendOptions options)
    {
        builder.Services.AddSingleton(_ => new BlobStore(options.DataFolder, options.SpareDiskMegabytes * 1024L * 1024));
        builder.Services.AddSingleton<ImageIntake>();
        builder.Services.AddSingleton(services => new ImageLinks(
            DataFolder.Key(options.DataFolder, "images"), TimeSpan.FromMinutes(options.ImageLinkMinutes), services.GetRequiredService<TimeProvider>()));
    }

    public static void MapImageUpload(this RouteGroupBuilder api) => api.MapPut("/projects/{project}/images", Upload)
        .RequireAuthorization(Policies.EditProject)
        .WithTags("Images")
        // A byte more than is taken, so that intake says what is wrong instead of the server.
        .WithMetadata(new BodyLimit(ImageLimits.Bytes + (1024 * 1024)))
        .WithSummary("Takes in one JPEG or PNG, the body itself. Metadata is removed; the answer names the stored file by its hash.");

    public static void MapImages(this WebApplication app) => app.MapGet("/images/{project}/{hash}", Show)
        // Whoever holds the address may look: it is signed, for one picture of one project, and it expires.
        .AllowAnonymous()
        .WithTags("Images")
        .WithSummary("A picture under a signed address of an offer.");

    private static async Task<Results<Ok<StoredImage>, ProblemHttpResult>> Upload(
        string project, HttpRequest request, ImageIntake intake, Readiness readiness)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted, readiness.Stopping);
        var taken = await intake.Take(request.Body, cancellation.Token);
        return taken.Value is { } image ? TypedResults.Ok(image) : Problems.Of(taken.Problem!);
    }

    private static Results<FileStreamHttpResult, ProblemHttpResult> Show(string project, string hash, HttpResponse response, ImageLinks links, BlobStore blobs, long exp = 0, string? sig = null)
    {
        if (!links.IsValid(project, hash, exp, sig))
        {
            return Problems.Of(new Problem("image-link-invalid", "The address was not given out here, or it has expired. Join again to get a fresh one."));
        }

        if (blobs.Find(hash) is not { } path)
        {
            return Problems.Of(new Problem("image-unknown", "The picture is not stored here any more."));
        }

        // Whatever a decoder or browser makes of it: this is a picture, and nothing in it may run.
        response.Headers.ContentSecurityPolicy = $"{SecurityHeaders.Nothing}; sandbox";
        response.Headers.CacheControl = "private, max-age=300";
        var file = File.OpenRead(path);
        var isPng = file.ReadByte() == 0x89;
        file.Position = 0;
        return TypedResults.Stream(file, isPng ? "image/png" : "image/jpeg", enableRangeProcessing: true);
    }
}
