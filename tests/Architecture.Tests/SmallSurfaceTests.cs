using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace Trove.Architecture.Tests;

/// <summary>
/// The grains use a small part of Orleans' programming model, so that the embedded engine can be small and both engines do the same. What is left out
/// hides failures (one-way calls), needs a network to make sense (streams), or makes state that no record knows of.
/// </summary>
public sealed class SmallSurfaceTests
{
    private static readonly Compiled[] ActorRooms = [new("Trove.Contracts"), new("Trove.Grains")];

    /// <summary>Static fields that any thread may fill, because all would fill in the same.</summary>
    private static readonly string[] Caches = ["Trove.Grains.Records.RecordSerializer+Form`1._instance"];

    [Fact]
    public void No_grain_method_returns_a_stream() => Rule.Holds(
        types => Wire.MethodsOf(types)
            .Where(method => Wire.Parts(method.ReturnType).Concat(method.GetParameters().SelectMany(p => Wire.Parts(p.ParameterType))).Any(part => part.Name == "IAsyncEnumerable`1"))
            .Select(method => $"{Wire.NameOf(method)} has an IAsyncEnumerable"),
        House.ActorTypes,
        [typeof(Wrong.IStreams)],
        "Return a slice and the cursor of the next one; a stream does not survive the activation it comes from.");

    [Fact]
    public void No_grain_interface_or_method_is_generic() => Rule.Holds(
        types => Wire.InterfacesOf(types).Where(type => type.IsGenericType).Select(type => $"{type.Name} is generic")
            .Concat(Wire.MethodsOf(types).Where(method => method.IsGenericMethod).Select(method => $"{Wire.NameOf(method)} is generic")),
        House.ActorTypes,
        [typeof(Wrong.IGeneric)],
        "Name the types: a generic interface has no stable name on the wire.");

    [Fact]
    public void No_call_is_one_way() => NotUsed("OneWayAttribute", "Await the call, or send it from an outbox: the failure of a one-way call is never noticed.");

    [Fact]
    public void No_grain_is_a_stateless_worker() => NotUsed("StatelessWorkerAttribute", "Use a plain class: what has no state needs no grain.");

    [Fact]
    public void No_grain_decides_by_message_what_may_interleave() => NotUsed("MayInterleaveAttribute", "Use [Reentrant] under the rule of the commit gate.");

    [Fact]
    public void No_grain_derives_from_the_grain_with_state() => NotUsed("Grain`1", "Take an IPersistentState<T> in the constructor and write through the commit gate.");

    [Fact]
    public void No_grain_passes_anything_beside_its_messages() => NotUsed("RequestContext", "Put it into the message: what travels beside it is in no contract.");

    [Fact]
    public void No_mutable_state_is_static() => Rule.Holds(
        types => types
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsInitOnly && !field.IsLiteral)
            .Select(field => $"{field.DeclaringType!.FullName}.{field.Name}")
            .Except(Caches, StringComparer.Ordinal),
        House.ActorTypes,
        [typeof(Wrong.RemembersForAll)],
        "Give it to the grain that owns it: static state belongs to no activation, and another silo has another one.");

    [Fact]
    public void Every_grain_class_has_a_grain_type() => Rule.Holds(
        types => Wire.ClassesOf(types).Where(type => Wire.GrainTypeOf(type) is null).Select(type => $"{type.Name} has no [GrainType]"),
        House.ActorTypes,
        [typeof(Wrong.UnnamedGrain)],
        "Give each grain class a [GrainType]: it stands in the key of every record, so it must outlive the name of the class.");

    [Fact]
    public void No_two_grain_classes_share_a_grain_type() => Rule.Holds(
        types => Wire.Shared(Wire.ClassesOf(types), Wire.GrainTypeOf),
        House.ActorTypes,
        [typeof(Wrong.OneGrain), typeof(Wrong.OtherGrain)],
        "Choose another [GrainType]: the two would write each other's records.");

    private static void NotUsed(string name, string remedy) => Rule.Holds(
        assemblies => assemblies.SelectMany(assembly => assembly.TypesUsed.Concat(assembly.TypesDefined)
            .Where(type => type.Name == name)
            .Select(type => $"{assembly} names {type.Namespace}.{type.Name}")),
        ActorRooms,
        [Compiled.Wrong],
        remedy);
}
