using Trove.Frontend.Identity;
using Trove.Frontend.Identity.Outside;

namespace Trove.Frontend.Accounts;

/// <summary>A provider to sign in with.</summary>
/// <param name="Provider">Its name in addresses.</param>
/// <param name="DisplayName">What people call it.</param>
public sealed record OutsideProviderView(string Provider, string DisplayName);

/// <summary>Asks to link a provider.</summary>
/// <param name="Password">The password again; an account without one needs none, but a session of the last ten minutes.</param>
/// <param name="Return">Path of the page to go on with. Default: <c>/</c>.</param>
public sealed record LinkBody(string? Password, string? Return);

/// <summary>Where the page is to send the browser.</summary>
public sealed record OutsideAddress(string Location);

/// <summary>
/// Signing in with an outside provider. A browser comes and goes here by itself, so outcomes are told to the page that it returns to, behind the <c>#</c> of its
/// address: that part is sent to no server and written into no log.
/// </summary>
internal static class OutsideEndpoints
{
    private const int MaxReturn = 512;

    private static readonly Problem Unknown = new("outside-unknown", "No such provider is set up here: GET /api/v1/account/outside lists those that are.");
    private static readonly Problem ReturnInvalid = new("return-invalid", $"The page to return to is a path of this Trove, such as /work: ASCII, at most {MaxReturn} characters, nothing behind a #.");

    public static void MapOutside(this RouteGroupBuilder api)
    {
        api.MapGet("/account/outside", List).WithTags("Account").AllowAnonymous().WithSummary("Providers that one can sign in with.");

        var mine = api.MapGroup("/me/outside").WithTags("Me").RefusesWhenBusy();
        mine.MapGet("/", Mine).RequireAuthorization(Policies.Look).WithSummary("Providers that the account is linked with.");
        mine.MapPost("/{provider}", BeginLink).RequireAuthorization(Policies.InPerson).RequireRateLimiting(RateLimits.SignIn).WithSummary("Begins to link a provider: the answer says where to send the browser.");
        mine.MapDelete("/{provider}", Unlink).RequireAuthorization(Policies.InPerson).WithSummary("Unlinks a provider, unless it is the only way in.");
    }

    public static void MapOutsidePages(this WebApplication app)
    {
        var pages = app.MapGroup("").AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        pages.MapGet("/account/outside/{provider}", Begin);
        pages.MapGet("/signin-{provider}", Complete);
    }

    private static Ok<ImmutableArray<OutsideProviderView>> List(OutsideProviders providers) =>
        TypedResults.Ok(providers.All.Select(provider => new OutsideProviderView(provider.Name, provider.DisplayName)).ToImmutableArray());

    private static async Task<Results<Ok<ImmutableArray<OutsideProviderView>>, ProblemHttpResult>> Mine(HttpContext http, MyAccount mine, OutsideProviders providers)
    {
        var found = await mine.Of(http);
        return found.Value is { } user
            ? TypedResults.Ok(user.Account.Logins.OrEmpty().Select(login => new OutsideProviderView(login.Provider, providers.Find(login.Provider)?.Settings.DisplayName ?? login.Provider)).ToImmutableArray())
            : Problems.Of(found.Problem!);
    }

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> Begin(string provider, HttpContext http)
    {
        if (await OutsideHandler.Of(http, provider) is not { } handler)
        {
            return Problems.Of(Unknown);
        }

        if (!IsPage(http.Request.Query["return"], out var page))
        {
            return Problems.Of(ReturnInvalid);
        }

        http.Response.Headers.CacheControl = "no-store";
        var begun = await handler.Begin(new OutsideAttempt(page));
        return begun.Value is { } address ? TypedResults.Redirect(address) : Back(page, begun.Problem);
    }

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> Complete(string provider, HttpContext http, OutsideSignIns outside)
    {
        if (await OutsideHandler.Of(http, provider) is not { } handler)
        {
            return Problems.Of(Unknown);
        }

        http.Response.Headers.CacheControl = "no-store";
        var outcome = await handler.Complete();
        if (outcome.Attempt is not { } attempt)
        {
            return Problems.Of(outcome.Problem!);
        }

        if (outcome.Identity is not { } who)
        {
            return Back(attempt.Return, outcome.Problem);
        }

        if (attempt.Account is not null)
        {
            return Back(attempt.Return, await outside.Link(http, provider, who, attempt));
        }

        var entered = await outside.Enter(http, provider, who);
        return Back(attempt.Return, entered.Problem, entered.Value?.SecondFactor);
    }

    private static async Task<Results<Ok<OutsideAddress>, ProblemHttpResult>> BeginLink(string provider, LinkBody body, HttpContext http, OutsideSignIns outside)
    {
        if (await OutsideHandler.Of(http, provider) is not { } handler)
        {
            return Problems.Of(Unknown);
        }

        if (!IsPage(body.Return, out var page))
        {
            return Problems.Of(ReturnInvalid);
        }

        var attempt = await outside.MayLink(http, provider, body.Password, page);
        var begun = attempt.Value is { } allowed ? await handler.Begin(allowed) : attempt.Problem!;
        return begun.Value is { } address ? TypedResults.Ok(new OutsideAddress(address)) : Problems.Of(begun.Problem!);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Unlink(string provider, HttpContext http, OutsideSignIns outside) =>
        AccountEndpoints.Answer(await outside.Unlink(http, provider));

    /// <summary>To the page, with a ticket for the second factor or the code of what went wrong, if there is any.</summary>
    private static RedirectHttpResult Back(string page, Problem? problem, string? secondFactor = null) => TypedResults.LocalRedirect(
        problem is not null ? $"{page}#outside-error={problem.Code}" : secondFactor is not null ? $"{page}#second-factor={Uri.EscapeDataString(secondFactor)}" : page);

    /// <summary>A path of this site and nothing that a browser could take for another: no second slash, no backslash, no sign that browsers drop.</summary>
    private static bool IsPage(string? text, out string page)
    {
        page = text is { Length: > 0 } ? text : "/";
        return page.Length <= MaxReturn && page[0] == '/' && (page.Length == 1 || page[1] != '/') && !page.AsSpan().ContainsAnyExceptInRange('!', '~') && !page.AsSpan().ContainsAny('\\', '#');
    }
}
