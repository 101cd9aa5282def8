using Orleans;

namespace Trove.Architecture.Tests;

/// <summary>Whatever travels has names and numbers that outlive its C# names, and never changes once it is made.</summary>
public sealed class MessageTests
{
    [Fact]
    public void Every_message_has_a_generated_serializer() => Rule.Holds(
        types => Wire.MessagesOf(types)
            .Where(type => !type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
            .Select(type => $"{type.FullName} travels and has no [GenerateSerializer]"),
        House.ActorTypes,
        [typeof(Wrong.ISendsPlain)],
        "Mark the message with [GenerateSerializer]: without it, it travels on neither engine.");

    [Fact]
    public void Every_message_and_grain_interface_has_an_alias() => Rule.Holds(
        types => Wire.NamedOf(types).Where(type => Wire.AliasOf(type) is null).Select(type => $"{type.FullName} has no [Alias]"),
        House.ActorTypes,
        [typeof(Wrong.ISendsPlain)],
        "Give it an [Alias]: that is its name on the wire, whatever becomes of the C# name.");

    [Fact]
    public void No_two_messages_or_grain_interfaces_share_an_alias() => Rule.Holds(
        types => Wire.Shared(Wire.NamedOf(types), Wire.AliasOf),
        House.ActorTypes,
        [typeof(Wrong.ITwin), typeof(Wrong.Twin)],
        "Choose another [Alias]: a receiver could not tell the two apart.");

    [Fact]
    public void Every_grain_method_has_an_alias() => Rule.Holds(
        types => Wire.MethodsOf(types).Where(method => Wire.AliasOf(method) is null).Select(method => $"{Wire.NameOf(method)} has no [Alias]"),
        House.ActorTypes,
        [typeof(Wrong.ISendsPlain)],
        "Give the method an [Alias]: callers of another version call it by that.");

    [Fact]
    public void No_two_methods_of_a_grain_interface_share_an_alias() => Rule.Holds(
        types => Wire.InterfacesOf(types).SelectMany(type => Wire.Shared(type.GetMethods(), Wire.AliasOf).Select(shared => $"{type.Name}: {shared}")),
        House.ActorTypes,
        [typeof(Wrong.ITwin)],
        "Choose another [Alias]: the call would go to the wrong method.");

    [Fact]
    public void The_members_of_a_message_are_numbered_from_0_without_gaps() => Rule.Holds(
        types => Wire.MessagesOf(types)
            .Select(type => (type, Ids: Wire.DataOf(type).Select(Wire.IdOf).ToList()))
            .Where(message => !message.Ids.Order().SequenceEqual(Enumerable.Range(0, message.Ids.Count).Select(id => (uint?)id)))
            .Select(message => $"{message.type.FullName} has the ids {string.Join(", ", message.Ids.Select(id => id?.ToString() ?? "none"))}"),
        House.ActorTypes,
        [typeof(Wrong.Misnumbered)],
        "Number every stored member with [Id], from 0: a new member takes the next number, and a number is never used for something else.");

    [Fact]
    public void A_message_never_changes() => Rule.Holds(
        types => Wire.MessagesOf(types)
            .SelectMany(Wire.DataOf)
            .Where(Wire.CanChange)
            .Select(member => $"{member.DeclaringType!.FullName}.{member.Name} can be set"),
        House.ActorTypes,
        [typeof(Wrong.Misnumbered)],
        "Make the message a record with init-only members: on the embedded engine, sender and receiver may share the object.");

    [Fact]
    public void Collections_in_messages_are_immutable() => Rule.Holds(
        types => Wire.MessagesOf(types).SelectMany(Wire.DataOf)
            .Where(member => Wire.Parts(Wire.TypeOf(member)).Any(Wire.IsLooseCollection))
            .Select(member => $"{member.DeclaringType!.FullName}.{member.Name} is a {Wire.TypeOf(member)}")
            .Concat(Wire.MethodsOf(types)
                .Where(method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType).SelectMany(Wire.Parts).Any(Wire.IsLooseCollection))
                .Select(method => $"{Wire.NameOf(method)} takes or returns a collection that can change")),
        House.ActorTypes,
        [typeof(Wrong.Misnumbered)],
        "Use ImmutableArray<T> or another immutable collection: arrays and lists can change under way, interfaces do not say what travels.");
}
