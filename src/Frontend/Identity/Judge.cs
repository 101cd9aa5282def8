using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.SignalR;
using Trove.Contracts.Accounts;
using Trove.Contracts.Projects;
using Trove.Frontend.Projects;

namespace Trove.Frontend.Identity;

/// <summary>Judges a caller by a <see cref="Rule"/>. Rights are read from their owners each time; nothing is remembered.</summary>
internal sealed class Judge(ProjectAccess projects, FrontendOptions options) : AuthorizationHandler<Rule>
{
    /// <summary>Name of the route value, or of the hub method's argument, that names the project.</summary>
    private const string ProjectName = "project";

    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, Rule requirement)
    {
        if (context.User.Way() == Ways.None)
        {
            return; // neither granted nor forbidden: a challenge
        }

        if ((ByCaller(context.User, requirement) ?? await ByTeam(context.User, requirement, context.Resource)) is { } refusal)
        {
            context.Fail(new Refused(this, refusal));
        }
        else
        {
            context.Succeed(requirement);
        }
    }

    private Problem? ByCaller(ClaimsPrincipal caller, Rule rule)
    {
        if (!rule.Ways.HasFlag(caller.Way()))
        {
            return new Problem("not-allowed", rule.Ways == Ways.Session ? "Only a signed-in person may do this; no key can." : "A simulated contributor may only work.");
        }

        if (!caller.Scopes().HasFlag(rule.Scope))
        {
            return new Problem("scope-missing", $"The key is not good for this: it takes one with the scope {rule.Scope.ToString().ToLowerInvariant()}.");
        }

        if (rule.Role != Role.Contributor && !caller.Has(rule.Role))
        {
            return new Problem("role-missing", $"Only who is {rule.Role.ToString().ToLowerInvariant()} here may do this.");
        }

        return rule.Role == Role.Admin && options.AdminsNeedSecondFactor && !caller.HasTwoFactor()
            ? new Problem("second-factor-needed", "Here admins need a second factor: turn it on for your account, POST /api/v1/me/two-factor, then sign in again.")
            : null;
    }

    private async Task<Problem?> ByTeam(ClaimsPrincipal caller, Rule rule, object? resource)
    {
        if (rule.Team is not { } needed)
        {
            return null;
        }

        var found = await projects.Standing(ProjectOf(resource), caller.Caller());
        if (found.Value is not { } standing)
        {
            return found.Problem;
        }

        if (standing.Role >= needed || ProjectAccess.IsAdmin(caller))
        {
            return null;
        }

        // A draft is nobody's business: it looks as if it were not there.
        return standing.Role is null && standing.State == ProjectState.Draft
            ? ProjectAccess.Unknown
            : new Problem("not-yours", $"Only {needed.ToString().ToLowerInvariant()}s of the project's team may do this.");
    }

    private static string? ProjectOf(object? resource) => resource switch
    {
        HttpContext http => http.GetRouteValue(ProjectName) as string,
        HubInvocationContext hub => Array.FindIndex(hub.HubMethod.GetParameters(), parameter => parameter.Name == ProjectName) is var index and >= 0
            ? hub.HubMethodArguments[index] as string
            : null,
        string project => project,
        _ => null,
    };
}

/// <summary>Why a caller was refused, in words for the caller.</summary>
internal sealed class Refused(IAuthorizationHandler judge, Problem problem) : AuthorizationFailureReason(judge, problem.Detail)
{
    public Problem Problem => problem;

    /// <summary>What a refusal says to the caller.</summary>
    public static Problem Of(AuthorizationFailure? failure) =>
        failure?.FailureReasons.OfType<Refused>().FirstOrDefault()?.Problem ?? Unauthenticated;

    /// <summary>Nobody, or somebody whose cookie or key is not good: which of them is not told.</summary>
    public static Problem Unauthenticated => new("unauthenticated", "Sign in, or send a key that is good: Authorization: Bearer trove_….");
}

/// <summary>Refusals over HTTP are problem details, like every other.</summary>
internal sealed partial class Refusals(ILogger<Refusals> logger) : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        var problem = authorizeResult.Challenged ? Refused.Unauthenticated : Refused.Of(authorizeResult.AuthorizationFailure);
        if (problem.Code == Refused.Unauthenticated.Code)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }
        else
        {
            LogRefused(logger, context.User.Caller(), problem.Code, context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
        }

        return Problems.Of(problem).ExecuteAsync(context);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {Account} was refused ({Code}) at {Method} {Route}")]
    private static partial void LogRefused(ILogger logger, string account, string code, string method, string? route);
}
