using Microsoft.AspNetCore.Authorization;
using Trove.Contracts.Accounts;
using Trove.Contracts.Projects;

namespace Trove.Frontend.Identity;

/// <summary>
/// Who may do what: the whole of it. Every route and every hub method names exactly one of these, or says that it is open to anybody; with one that says nothing, Trove does not start.
/// </summary>
internal static class Policies
{
    /// <summary>An account looks at what is its own.</summary>
    public const string Look = "look";

    /// <summary>An account changes what is its own.</summary>
    public const string Change = "change";

    /// <summary>The person itself, signed in: passwords, keys, erasure. No key may.</summary>
    public const string InPerson = "in-person";

    /// <summary>Works as a contributor, simulated ones in their project.</summary>
    public const string Contribute = "contribute";

    /// <summary>Creates projects.</summary>
    public const string Develop = "develop";

    /// <summary>Looks into a project: its team.</summary>
    public const string ViewProject = "view-project";

    /// <summary>Changes a project: editors and owners of its team.</summary>
    public const string EditProject = "edit-project";

    /// <summary>Decides who is in the team: its owners.</summary>
    public const string OwnProject = "own-project";

    /// <summary>Runs this Trove.</summary>
    public const string Administer = "administer";

    private static readonly Dictionary<string, Rule> Rules = new(StringComparer.Ordinal)
    {
        [Look] = new(Ways.Session | Ways.Key, Scopes.Read),
        [Change] = new(Ways.Session | Ways.Key, Scopes.Write),
        [InPerson] = new(Ways.Session, Scopes.None),
        [Contribute] = new(Ways.Session | Ways.Key | Ways.Simulated, Scopes.Write),
        [Develop] = new(Ways.Session | Ways.Key, Scopes.Write, Role.Developer),
        [ViewProject] = new(Ways.Session | Ways.Key, Scopes.Read, Team: TeamRole.Viewer),
        [EditProject] = new(Ways.Session | Ways.Key, Scopes.Write, Team: TeamRole.Editor),
        [OwnProject] = new(Ways.Session | Ways.Key, Scopes.Write, Team: TeamRole.Owner),
        [Administer] = new(Ways.Session | Ways.Key, Scopes.Admin, Role.Admin),
    };

    public static void AddPolicies(this WebApplicationBuilder builder)
    {
        var authorization = builder.Services.AddAuthorizationBuilder();
        foreach (var (name, rule) in Rules)
        {
            authorization.AddPolicy(name, policy => policy.AddRequirements(rule));
        }

        builder.Services.AddSingleton<IAuthorizationHandler, Judge>();
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
    }

    /// <summary>Refuses to start with a route that says nothing of who may use it.</summary>
    public static void DemandPolicies(this IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in routes.DataSources.SelectMany(source => source.Endpoints))
        {
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>() is not [{ Policy.Length: > 0 }])
            {
                throw new InvalidOperationException($"The route {endpoint.DisplayName} must name one policy, or say that it is open to anybody.");
            }
        }
    }
}

/// <summary>What a policy demands, all of it. An admin stands in for any team.</summary>
/// <param name="Ways">Ways in that will do.</param>
/// <param name="Scope">What a key must be good for.</param>
/// <param name="Role">What the account must be.</param>
/// <param name="Team">What it must be at least in the team of the project that the route or the method names.</param>
internal sealed record Rule(Ways Ways, Scopes Scope, Role Role = Role.Contributor, TeamRole? Team = null) : IAuthorizationRequirement;
