using Microsoft.AspNetCore.Authentication;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Frontend.Auditing;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>A new address and the code mailed to it.</summary>
public sealed record MoveBody(string? Email, string? Code);

/// <summary>The caller's own account.</summary>
internal static class MyAccountEndpoints
{
    public static void MapMyAccount(this RouteGroupBuilder api)
    {
        api.MapGet("/me", Me).WithTags("Me").RequireAuthorization(Policies.Look).WithSummary("Who is signed in.");

        var me = api.MapGroup("/me").WithTags("Me").RequireAuthorization(Policies.InPerson).RefusesWhenBusy();
        me.MapPut("/name", Rename).WithSummary("Another name.");
        me.MapGet("/export", Export).Produces<object>().WithSummary("Everything that is kept of the caller, as one JSON document whose lists have an item a line.");
        me.MapPost("/sign-out-everywhere", SignOutEverywhere).WithSummary("Ends every session, this one too. API keys stay.");

        me.MapPost("/developer", BecomeDeveloper).WithSummary("Makes the caller a developer, who creates projects, where whoever runs this Trove leaves that open.");

        var proved = me.MapGroup("").RequireRateLimiting(RateLimits.SignIn);
        proved.MapPut("/password", ChangePassword).WithSummary("Another password; every other session ends.");
        proved.MapPut("/email", AskToMove).WithSummary("Asks for another address: a code is mailed there.");
        proved.MapPost("/email/confirm", Move).WithSummary("Moves to the address that the code was mailed to.");
        proved.MapPost("/two-factor", StartTwoFactor).WithSummary("A secret for the authenticator app. Nothing is asked for before it is enabled.");
        proved.MapPost("/two-factor/enable", EnableTwoFactor).WithSummary("Turns the second factor on, by a code of the app. Recovery codes are in this answer and nowhere else.");
        proved.MapPost("/two-factor/disable", DisableTwoFactor).WithSummary("Turns the second factor off.");
        proved.MapPost("/recovery-codes", RenewRecoveryCodes).WithSummary("New recovery codes; the old ones are worthless.");
        proved.MapPost("/erase", Erase).WithSummary("Erases the person, for good. 202: it has begun, nobody can sign in any more, and the server finishes it by itself.");
    }

    private static async Task<Results<Ok<MeView>, ProblemHttpResult>> Me(HttpContext http, MyAccount mine)
    {
        var found = await mine.Of(http);
        return found.Value?.Account is { } account
            ? TypedResults.Ok(new MeView(
                account.Id, account.Name, account.Email, [Role.Contributor, .. account.Roles.OrEmpty()], account.TwoFactor, account.RecoveryCodes.OrEmpty().Length, account.Created))
            : Problems.Of(found.Problem!);
    }

    private static async Task<IResult> Export(HttpContext http, MyAccount mine, AuditLog audit, Exports exports)
    {
        var found = await mine.Of(http);
        if (found.Value is not { } user)
        {
            return Problems.Of(found.Problem!);
        }

        await audit.NoteAsync(http, "account.exported", AuditLogs.Account(user.Account.Id)); // first, so that it is in the export too
        await exports.Write(http.Response, user.Account, http.RequestAborted);
        return TypedResults.Empty;
    }

    private static async Task<Results<NoContent, Accepted, ProblemHttpResult>> Erase(EraseBody body, HttpContext http, SignIns signIns, Erasures erasures)
    {
        var proved = await signIns.Prove(http, body.Password);
        if (proved.Value is not { } user)
        {
            return Problems.Of(proved.Problem!);
        }

        var (done, refusal) = await erasures.Erase(new Erasure(user.Account.Id, http.ActorOf(), body.CloseProjects));
        if (refusal is not null)
        {
            return Problems.Of(refusal);
        }

        await http.SignOutAsync(SessionCookie.Name);
        return done ? TypedResults.NoContent() : TypedResults.Accepted((string?)null);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Rename(NameBody body, HttpContext http, MyAccount mine) => AccountEndpoints.Answer(await mine.Rename(http, body.Name));

    private static async Task<Results<NoContent, ProblemHttpResult>> SignOutEverywhere(HttpContext http, IGrainFactory grains, GrainCalls calls)
    {
        var ended = await calls.Run(
            (Account: grains.GetGrain<IAccountGrain>(http.User.Caller()), By: http.ActorOf()), static call => call.Account.SignOutEverywhere(call.By));
        return AccountEndpoints.Answer(ended.Problem);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> BecomeDeveloper(HttpContext http, FrontendOptions options, IGrainFactory grains, GrainCalls calls)
    {
        if (!options.OpenDevelopers)
        {
            return Problems.Of(new Problem("role-closed", "Here an admin makes developers: ask whoever runs this Trove."));
        }

        var made = await calls.Run(
            (Account: grains.GetGrain<IAccountGrain>(http.User.Caller()), By: http.ActorOf()), static call => call.Account.SetRole(call.By, Role.Developer, given: true));
        return AccountEndpoints.Answer(made.Problem);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePassword(PasswordBody body, HttpContext http, MyAccount mine) =>
        AccountEndpoints.Answer(await mine.ChangePassword(http, body));

    private static async Task<Results<Accepted, ProblemHttpResult>> AskToMove(EmailBody body, HttpContext http, MyAccount mine) => AccountEndpoints.Taken(await mine.AskToMove(http, body));

    private static async Task<Results<NoContent, ProblemHttpResult>> Move(MoveBody body, HttpContext http, MyAccount mine) =>
        AccountEndpoints.Answer(await mine.Move(http, body.Email, body.Code));

    private static async Task<Results<Ok<AuthenticatorView>, ProblemHttpResult>> StartTwoFactor(ProofBody body, HttpContext http, SignIns signIns, SecondFactors factors)
    {
        var proved = await signIns.Prove(http, body.Password);
        var result = proved.Value is { } user ? await factors.Start(user) : proved.Problem!;
        return result.Value is { } view ? TypedResults.Ok(view) : Problems.Of(result.Problem!);
    }

    private static async Task<Results<Ok<RecoveryCodesView>, ProblemHttpResult>> EnableTwoFactor(CodeBody body, HttpContext http, MyAccount mine, SignIns signIns, SecondFactors factors)
    {
        var found = await mine.Of(http);
        var result = found.Value is { } user ? await factors.Enable(user, body.Code) : found.Problem!;
        if (result.Value is not { } codes)
        {
            return Problems.Of(result.Problem!);
        }

        await signIns.Begin(http, found.Value!);
        return TypedResults.Ok(codes);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DisableTwoFactor(ProofBody body, HttpContext http, SignIns signIns, SecondFactors factors)
    {
        var proved = await signIns.Prove(http, body.Password);
        if (proved.Value is not { } user)
        {
            return Problems.Of(proved.Problem!);
        }

        if (await factors.Disable(user) is { } problem)
        {
            return Problems.Of(problem);
        }

        await signIns.Begin(http, user);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<RecoveryCodesView>, ProblemHttpResult>> RenewRecoveryCodes(ProofBody body, HttpContext http, SignIns signIns, SecondFactors factors)
    {
        var proved = await signIns.Prove(http, body.Password);
        var result = proved.Value is { } user ? await factors.Renew(user) : proved.Problem!;
        return result.Value is { } codes ? TypedResults.Ok(codes) : Problems.Of(result.Problem!);
    }
}
