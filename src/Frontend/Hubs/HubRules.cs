using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Hubs;

/// <summary>Names the policy of one hub method. SignalR's own attribute would do, but its refusal is not in our words.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PolicyAttribute(string name) : Attribute
{
    public string Name => name;
}

/// <summary>The policies of all hub methods. Each method names one; a method without is found when the hub is mapped, before anybody can call it.</summary>
internal sealed class HubRules(IAuthorizationService authorization)
{
    private FrozenDictionary<MethodInfo, string?> _policies = FrozenDictionary<MethodInfo, string?>.Empty;

    /// <summary>Methods that a client can call.</summary>
    public static IEnumerable<MethodInfo> Methods(Type hub) =>
        hub.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => method.GetBaseDefinition().DeclaringType == hub);

    /// <summary>Reads the policies of a hub. A method with the policy under which one may connect at all needs no judging again.</summary>
    public void Add(Type hub, string connect)
    {
        var policies = Methods(hub).ToDictionary(method => method, method => method.GetCustomAttribute<PolicyAttribute>()?.Name
            ?? throw new InvalidOperationException($"The method {method.Name} of {hub.Name} names no policy."));
        _policies = _policies.Concat(policies.Select(entry => KeyValuePair.Create(entry.Key, entry.Value == connect ? null : entry.Value)))
            .ToFrozenDictionary();
    }

    /// <summary>The policy to judge by, null when it was judged at the connection.</summary>
    public string? Of(MethodInfo method) => _policies[method];

    /// <summary>Why the call is refused, null when it is not.</summary>
    public async ValueTask<Problem?> Refusal(HubInvocationContext context, string policy)
    {
        var judged = await authorization.AuthorizeAsync(context.Context.User!, context, policy);
        return judged.Succeeded ? null : Refused.Of(judged.Failure);
    }
}
