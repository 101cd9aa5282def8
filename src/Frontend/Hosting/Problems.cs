using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Hosting;

/// <summary>The one place where refusals and surprises become HTTP: RFC 9457 problem details with a stable <c>code</c>.</summary>
internal static partial class Problems
{
    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
            context.ProblemDetails.Extensions.TryAdd("code", CodeOf(context.ProblemDetails.Status ?? StatusCodes.Status500InternalServerError)));
        builder.Services.AddExceptionHandler<ExceptionProblems>();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    /// <summary>The refusal as an answer.</summary>
    public static ProblemHttpResult Of(Problem problem) => TypedResults.Problem(
        detail: problem.Detail,
        statusCode: StatusOf(problem.Code),
        extensions: [new("code", problem.Code)]);

    /// <summary>HTTP status of a refusal. A code that is not listed is the caller's mistake: 400.</summary>
    private static int StatusOf(string code) => code switch
    {
        "unauthenticated" or "sign-in-refused" => StatusCodes.Status401Unauthorized,
        "password-refused" or "session-old" or "csrf-missing" or "not-allowed" or "scope-missing" or "role-missing" or "second-factor-needed" or "role-closed" or "not-eligible" or "first-admin-refused" or "not-yours" or "image-link-invalid" or "https-required" or "origin-foreign" => StatusCodes.Status403Forbidden,
        "image-type-unknown" or "image-unsupported" or "image-animated" => StatusCodes.Status415UnsupportedMediaType,
        "image-too-large" => StatusCodes.Status413PayloadTooLarge,
        "image-empty" or "image-truncated" or "image-corrupt" or "image-too-many-pixels" or "image-too-many-scans" => StatusCodes.Status422UnprocessableEntity,
        "account-unknown" or "outside-unknown" or "key-unknown" or "project-unknown" or "task-unknown" or "image-unknown" or "counters-unknown" => StatusCodes.Status404NotFound,
        "account-changed" or "login-taken" or "login-linked" or "only-way-in" or "two-factor-on" or "two-factor-off" or "two-factor-not-begun" => StatusCodes.Status409Conflict,
        "last-owner" or "own-role" or "team-full" or "not-simulated" or "key-exists" or "project-exists" or "project-closed" or "wrong-state" or "brief-changed" or "schema-fixed" or "import-done" or "import-incomplete" or "page-full" or "lease-lost" =>
            StatusCodes.Status409Conflict,
        "guest-project-refused" => StatusCodes.Status403Forbidden,
        "guest-unknown" or "guest-item-unknown" => StatusCodes.Status404NotFound,
        "guest-one-project" or "guest-no-items" or "guest-handed-in" => StatusCodes.Status409Conflict,
        "too-many-requests" or "too-many-connections" => StatusCodes.Status429TooManyRequests,
        "unexpected" => StatusCodes.Status500InternalServerError,
        "busy" or "not-ready" or "unavailable" or "outside-unavailable" => StatusCodes.Status503ServiceUnavailable,
        "storage-full" => StatusCodes.Status507InsufficientStorage,
        _ => StatusCodes.Status400BadRequest,
    };

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "bad-request",
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
        StatusCodes.Status413PayloadTooLarge => "too-large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported-media-type",
        _ => "unexpected",
    };

    /// <summary>What escapes an endpoint: a request that cannot be read, a Trove that is busy or stopping, or a defect.</summary>
    private sealed class ExceptionProblems(ILogger<ExceptionProblems> logger, Readiness readiness) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                return true;
            }

            await Explain(context, exception).ExecuteAsync(context);
            return true;
        }

        private ProblemHttpResult Explain(HttpContext context, Exception exception)
        {
            switch (exception)
            {
                case BadHttpRequestException bad:
                    var what = bad.InnerException is JsonException json ? $"The body is not the JSON that is expected here, at {json.Path ?? "its start"}." : bad.Message;
                    return TypedResults.Problem(detail: what, statusCode: bad.StatusCode, extensions: [new("code", CodeOf(bad.StatusCode))]);
                case OperationCanceledException when readiness.Stopping.IsCancellationRequested:
                    return Of(new Problem("not-ready", "This Trove is stopping. Send the request again in a moment."));
                case var transient when GrainCalls.IsTransient(transient):
                    LogUnavailable(logger, exception, context.Request.Method, context.Request.Path);
                    return Of(GrainCalls.Unavailable);
                default:
                    var id = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
                    LogUnexpected(logger, exception, context.Request.Method, context.Request.Path, id);
                    return Of(new Problem("unexpected", $"Something went wrong here that should not. Tell the operator this number: {id}."));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} found Trove unavailable")]
    private static partial void LogUnavailable(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed; correlation {Correlation}")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, PathString path, string correlation);
}
