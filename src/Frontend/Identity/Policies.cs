using Microsoft.AspNetCore.Authorization;

namespace Trove.Frontend.Identity;

/// <summary>Who may use the routes of accounts.</summary>
internal static class Policies
{
    /// <summary>An account looks at what is its own.</summary>
    public const string Look = "look";

    /// <summary>The person itself, signed in. No key may.</summary>
    public const string InPerson = "in-person";

    public static void AddPolicies(this WebApplicationBuilder builder) => builder.Services.AddAuthorizationBuilder()
        .AddPolicy(Look, static policy => policy.RequireAuthenticatedUser())
        .AddPolicy(InPerson, static policy => policy.RequireAuthenticatedUser().RequireAssertion(static context => context.User.Identity?.AuthenticationType == SessionCookie.Name));
}
