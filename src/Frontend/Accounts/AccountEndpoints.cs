using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Trove.Contracts.Accounts;
using Trove.Contracts.Guests;
using Trove.Frontend.Auditing;
using Trove.Frontend.Guests;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>Coming in and going out.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this RouteGroupBuilder api)
    {
        var account = api.MapGroup("/account").WithTags("Account").RefusesWhenBusy();
        account.MapGet("/antiforgery", Antiforgery).AllowAnonymous().WithSummary("The token that requests of this session must carry to change anything.");
        account.MapPost("/sign-out", SignOut).RequireAuthorization(Policies.InPerson).WithSummary("Ends this session.");

        var guessable = account.MapGroup("").AllowAnonymous().RequireRateLimiting(RateLimits.SignIn);
        guessable.MapPost("/sign-up", SignUp).WithSummary("Signs up. The answer is the same whether the address is known or not; the mail is not.");
        guessable.MapPost("/confirm", Confirm).WithSummary("Confirms the address by the code mailed to it. The answer says what became of the answers given as a guest, if there were any.");
        guessable.MapPost("/sign-in", SignIn).WithSummary("Signs in with a cookie, or answers with a ticket for the second factor.");
        guessable.MapPost("/second-factor", SecondFactor).WithSummary("Goes on with a code of the app, or a recovery code.");
        guessable.MapPost("/forgotten", Forgotten).WithSummary("Mails a code to choose a new password, if there is such an account.");
        guessable.MapPost("/reset", Reset).WithSummary("Takes a new password for the code mailed; every session ends.");
        guessable.MapPost("/first-admin", CreateFirstAdmin).WithSummary("Creates the first admin with the code printed at start. Once.");
    }

    /// <summary>When too many passwords wait to be checked, more are refused with a time to come back.</summary>
    public static RouteGroupBuilder RefusesWhenBusy(this RouteGroupBuilder group) => group.AddEndpointFilter(static async (context, next) =>
    {
        try
        {
            return await next(context);
        }
        catch (BusyException)
        {
            context.HttpContext.Response.Headers.RetryAfter = BusyException.RetryAfter.ToString(CultureInfo.InvariantCulture);
            return Problems.Of(BusyException.Problem);
        }
    });

    /// <summary>Done, or why not.</summary>
    public static Results<NoContent, ProblemHttpResult> Answer(Problem? problem) => problem is null ? TypedResults.NoContent() : Problems.Of(problem);

    /// <summary>Taken, whatever comes of it, or why not.</summary>
    public static Results<Accepted, ProblemHttpResult> Taken(Problem? problem) => problem is null ? TypedResults.Accepted((string?)null) : Problems.Of(problem);

    /// <summary>That no cache may keep it, the framework says itself.</summary>
    private static Ok<AntiforgeryToken> Antiforgery(HttpContext http, IAntiforgery antiforgery) =>
        TypedResults.Ok(new AntiforgeryToken(antiforgery.GetAndStoreTokens(http).RequestToken!));

    private static async Task<NoContent> SignOut(HttpContext http, IGrainFactory grains, GrainCalls calls)
    {
        if (http.User.Session() is { } session)
        {
            await calls.Run((Account: grains.GetGrain<IAccountGrain>(http.User.Caller()), By: http.ActorOf(), session), static async call =>
            {
                await call.Account.EndSession(call.By, call.session);
                return true;
            });
        }

        await http.SignOutAsync(SessionCookie.Name);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> SignUp(SignUpBody body, HttpContext http, GuestCookie guest, SignUps signUps) =>
        Taken(await signUps.SignUp(body, guest.Read(http)));

    private static async Task<Results<NoContent, Ok<HandInReport>, ProblemHttpResult>> Confirm(CodeBody body, SignUps signUps)
    {
        var (problem, handedIn) = await signUps.Confirm(body.Code);
        return problem is not null ? Problems.Of(problem) : Told(handedIn);
    }

    private static async Task<Results<Ok<SignedIn>, ProblemHttpResult>> SignIn(SignInBody body, HttpContext http, SignIns signIns)
    {
        var result = await signIns.SignIn(http, body);
        return result.Value is { } signedIn ? TypedResults.Ok(signedIn) : Problems.Of(result.Problem!);
    }

    private static async Task<Results<NoContent, Ok<HandInReport>, ProblemHttpResult>> SecondFactor(SecondFactorBody body, HttpContext http, SignIns signIns)
    {
        var result = await signIns.SecondFactor(http, body);
        return result.Value is { } signedIn ? Told(signedIn.HandedIn) : Problems.Of(result.Problem!);
    }

    /// <summary>Done; and what became of a guest's answers, if there were any.</summary>
    private static Results<NoContent, Ok<HandInReport>, ProblemHttpResult> Told(HandInReport? handedIn) => handedIn is null ? TypedResults.NoContent() : TypedResults.Ok(handedIn);

    private static async Task<Results<Accepted, ProblemHttpResult>> Forgotten(ForgottenBody body, SignUps signUps) => Taken(await signUps.Forgotten(body.Email));

    private static async Task<Results<NoContent, ProblemHttpResult>> Reset(ResetBody body, SignUps signUps) => Answer(await signUps.Reset(body));

    private static async Task<Results<Ok<FirstAdminView>, ProblemHttpResult>> CreateFirstAdmin(FirstAdminBody body, HttpContext http, FirstAdmin firstAdmin)
    {
        var result = await firstAdmin.Create(http, body);
        return result.Value is { } admin ? TypedResults.Ok(admin) : Problems.Of(result.Problem!);
    }
}
