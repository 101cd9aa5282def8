using Trove.Contracts.Accounts;
using Trove.Frontend.Auditing;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>Whose account is looked for.</summary>
public sealed record FindBody(string? Email);

/// <summary>An account as an admin sees it.</summary>
/// <param name="Account">Its id.</param>
/// <param name="Name">What the person wants to be called.</param>
/// <param name="Email">Address.</param>
/// <param name="EmailConfirmed">Whether mail to it was answered.</param>
/// <param name="Roles">What it may be.</param>
/// <param name="MayAct">False while it is suspended or not confirmed.</param>
/// <param name="TwoFactor">Whether a second factor is asked at sign-in.</param>
/// <param name="Created">When it was made.</param>
public sealed record PersonView(string Account, string Name, string Email, bool EmailConfirmed, ImmutableArray<Role> Roles, bool MayAct, bool TwoFactor, DateTimeOffset Created);

/// <summary>Accounts of others: for admins, and each look is noted. What ties a person to a contributor is not shown even here.</summary>
internal static class PeopleEndpoints
{
    private static readonly Problem Unknown = new("account-unknown", "There is no such account.");

    public static void MapPeople(this RouteGroupBuilder api)
    {
        var people = api.MapGroup("/accounts").WithTags("Accounts").RequireAuthorization(Policies.Administer);

        // By POST, since what is asked for in an address ends up in logs.
        people.MapPost("/find", Find).WithSummary("The account of an address.");
        people.MapGet("/{account}", Show).WithSummary("One account.");
        people.MapPut("/{account}/roles/{role}", (string account, Role role, HttpContext http, IGrainFactory grains, GrainCalls calls) => SetRole(account, role, given: true, http, grains, calls))
            .WithSummary("Gives a role: developer, reviewer or admin. It counts at once, everywhere.");
        people.MapDelete("/{account}/roles/{role}", (string account, Role role, HttpContext http, IGrainFactory grains, GrainCalls calls) => SetRole(account, role, given: false, http, grains, calls))
            .WithSummary("Takes a role. It counts at once, everywhere; nobody takes their own admin role, so one always stays.");
        people.MapPost("/{account}/suspend", (string account, HttpContext http, IGrainFactory grains, GrainCalls calls) => Suspend(account, suspended: true, http, grains, calls))
            .WithSummary("Suspends an account: its sessions and keys open nothing until it is restored.");
        people.MapPost("/{account}/restore", (string account, HttpContext http, IGrainFactory grains, GrainCalls calls) => Suspend(account, suspended: false, http, grains, calls))
            .WithSummary("Lets a suspended account act again.");
    }

    private static async Task<Results<Ok<PersonView>, ProblemHttpResult>> Find(FindBody body, HttpContext http, AccountStore store, AuditLog audit, IGrainFactory grains, GrainCalls calls)
    {
        var user = EmailAddress.TryRead(body.Email, out var address) ? await store.FindByEmailAsync(address, default) : null;
        return await View(user?.Account, http, audit, grains, calls);
    }

    private static async Task<Results<Ok<PersonView>, ProblemHttpResult>> Show(string account, HttpContext http, AccountStore store, AuditLog audit, IGrainFactory grains, GrainCalls calls) =>
        await View((await store.FindByIdAsync(account, default))?.Account, http, audit, grains, calls);

    private static async Task<Results<Ok<PersonView>, ProblemHttpResult>> SetRole(string account, Role role, bool given, HttpContext http, IGrainFactory grains, GrainCalls calls)
    {
        if (!given && role == Role.Admin && account == http.User.Caller())
        {
            return Problems.Of(new Problem("own-role", "Let another admin take your admin role: one must always stay."));
        }

        return await Changed(account, grains, calls, calls.Run((Grain: Grain(account, grains), By: http.ActorOf(), role, given), static call => call.Grain.SetRole(call.By, call.role, call.given)));
    }

    private static async Task<Results<Ok<PersonView>, ProblemHttpResult>> Suspend(string account, bool suspended, HttpContext http, IGrainFactory grains, GrainCalls calls)
    {
        if (suspended && account == http.User.Caller())
        {
            return Problems.Of(new Problem("own-role", "Let another admin suspend you."));
        }

        return await Changed(account, grains, calls, calls.Run((Grain: Grain(account, grains), By: http.ActorOf(), suspended), static call => call.Grain.Suspend(call.By, call.suspended)));
    }

    /// <summary>An account's grain; one of a name that no account can have is asked nothing.</summary>
    private static IAccountGrain Grain(string account, IGrainFactory grains) => grains.GetGrain<IAccountGrain>(Keys.IsValid(account) ? account : "none");

    private static async Task<Results<Ok<PersonView>, ProblemHttpResult>> Changed(string account, IGrainFactory grains, GrainCalls calls, Task<Result<AccountStanding>> change)
    {
        if ((await change).Problem is { } refused)
        {
            return Problems.Of(refused);
        }

        var found = await calls.Run(Grain(account, grains), static grain => grain.Read());
        return found.Value is { } whole ? TypedResults.Ok(await View(whole, grains, calls)) : Problems.Of(Unknown);
    }

    private static async Task<Results<Ok<PersonView>, ProblemHttpResult>> View(Account? account, HttpContext http, AuditLog audit, IGrainFactory grains, GrainCalls calls)
    {
        if (account is null)
        {
            return Problems.Of(Unknown);
        }

        await audit.NoteAsync(http, "account.looked-at", $"account/{account.Id}");
        return TypedResults.Ok(await View(account, grains, calls));
    }

    private static async Task<PersonView> View(Account account, IGrainFactory grains, GrainCalls calls)
    {
        var standing = await calls.Run(grains.GetGrain<IAccountGrain>(account.Id), static grain => grain.Standing());
        return new PersonView(
            account.Id, account.Name, account.Email, account.EmailConfirmed, [Role.Contributor, .. account.Roles.OrEmpty()], standing.MayAct, account.TwoFactor, account.Created);
    }
}
