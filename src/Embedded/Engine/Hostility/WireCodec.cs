using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Orleans.CodeGeneration;

namespace Trove.Embedded.Hostility;

/// <summary>
/// Copies a message as writing it to a wire and reading it back would: a new object of each type, with only those members
/// that travel. So a forgotten [Id] loses data here, as it does on a cluster, and nothing mutable is shared.
/// It is built by reflection and slow, which only tests pay.
/// </summary>
internal sealed class WireCodec : IMessageCopier
{
    // Deeper than any honest message; a cycle would never end.
    private const int DeepestMessage = 200;

    private static readonly HashSet<Type> Atoms =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly),
        typeof(Half), typeof(Int128), typeof(UInt128), typeof(Uri), typeof(Version), typeof(GrainId), typeof(GrainType), typeof(IdSpan),
    ];

    private static readonly Dictionary<Type, string> Collections = new()
    {
        [typeof(List<>)] = nameof(OfList),
        [typeof(HashSet<>)] = nameof(OfHashSet),
        [typeof(Queue<>)] = nameof(OfQueue),
        [typeof(Dictionary<,>)] = nameof(OfDictionary),
        [typeof(SortedDictionary<,>)] = nameof(OfSortedDictionary),
        [typeof(ImmutableArray<>)] = nameof(OfImmutableArray),
        [typeof(ImmutableList<>)] = nameof(OfImmutableList),
        [typeof(ImmutableHashSet<>)] = nameof(OfImmutableHashSet),
        [typeof(ImmutableDictionary<,>)] = nameof(OfImmutableDictionary),
        [typeof(ImmutableSortedDictionary<,>)] = nameof(OfImmutableSortedDictionary),
        [typeof(Nullable<>)] = nameof(OfNullable),
        [typeof(ReadOnlyMemory<>)] = nameof(OfReadOnlyMemory),
    };

    private readonly ConcurrentDictionary<Type, Copier?> _copiers = new();

    private delegate object Copier(object value, string member, int depth);

    public T Copy<T>(T value, string member) => (T)CopyAny(value, member, depth: 0)!;

    private static InvalidOperationException CannotTravel(Type type, string member, string why) => new($"{type} at '{member}' can't be sent: {why}.");

    private object? CopyAny(object? value, string member, int depth)
    {
        if (value is null) return null;

        var type = value.GetType();
        if (depth > DeepestMessage) throw CannotTravel(type, member, "the message is nested too deep, or contains itself");

        var copier = _copiers.GetOrAdd(type, Make)
            ?? throw CannotTravel(type, member, value is IAddressable ? "send a reference to it instead" : "it has no [GenerateSerializer]");
        return copier(value, member, depth + 1);
    }

    private T Item<T>(T item, string member, int depth) => (T)CopyAny(item, member, depth)!;

    private Copier? Make(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || Atoms.Contains(type) || type.IsAssignableTo(typeof(GrainReference))) return static (value, _, _) => value;
        if (type.IsAssignableTo(typeof(IAddressable))) return null;
        if (type.IsAssignableTo(typeof(Exception))) return OfException(type);
        if (type.IsSZArray) return Generic(nameof(OfArray), type.GetElementType()!);
        if (type.IsGenericType)
        {
            var definition = type.GetGenericTypeDefinition();
            if (Collections.TryGetValue(definition, out var method)) return Generic(method, type.GenericTypeArguments);
            if (definition == typeof(KeyValuePair<,>) || type.IsAssignableTo(typeof(System.Runtime.CompilerServices.ITuple)))
                return OfMembers(type, [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)]);
        }

        return type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) ? OfMembers(type, WireMembers.Of(type)) : null;
    }

    private Copier Generic(string method, params Type[] arguments) =>
        (Copier)typeof(WireCodec).GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic)!.MakeGenericMethod(arguments).Invoke(this, null)!;

    private Copier OfMembers(Type type, ImmutableArray<FieldInfo> members)
    {
        // As Orleans: a parameterless constructor runs, so a member that did not travel has its initial value, not null.
        var construct = !type.IsValueType && type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, Type.EmptyTypes) is { } constructor
            ? () => constructor.Invoke(null)
            : (Func<object>)(() => System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type));
        var paths = members.Select(each => $"{type.Name}.{WireMembers.NameOf(each)}").ToArray();
        return (value, _, depth) =>
        {
            var copy = construct();
            for (var i = 0; i < members.Length; i++) members[i].SetValue(copy, CopyAny(members[i].GetValue(value), paths[i], depth));
            return copy;
        };
    }

    // Type, message and cause survive, and what the class itself marks; the stack trace does not.
    private Copier OfException(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic;
        var message = typeof(Exception).GetField("_message", Own)!;
        var inner = typeof(Exception).GetField("_innerException", Own)!;
        var members = WireMembers.Of(type);
        return (value, member, depth) =>
        {
            var error = (Exception)value;
            var copy = (Exception)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            message.SetValue(copy, error.Message);
            inner.SetValue(copy, CopyAny(error.InnerException, member, depth));
            copy.HResult = error.HResult;
            foreach (var each in members) each.SetValue(copy, CopyAny(each.GetValue(error), $"{type.Name}.{WireMembers.NameOf(each)}", depth));
            return copy;
        };
    }

    private Copier OfArray<T>() => (value, member, depth) => Array.ConvertAll((T[])value, item => Item(item, member, depth));

    private Copier OfNullable<T>() => (value, member, depth) => CopyAny(value, member, depth)!;

    private Copier OfReadOnlyMemory<T>() => (value, member, depth) =>
        new ReadOnlyMemory<T>(Array.ConvertAll(((ReadOnlyMemory<T>)value).ToArray(), item => Item(item, member, depth)));

    private Copier OfList<T>() => (value, member, depth) => ((List<T>)value).ConvertAll(item => Item(item, member, depth));

    private Copier OfHashSet<T>() => (value, member, depth) => Items((HashSet<T>)value, member, depth).ToHashSet();

    private Copier OfQueue<T>() => (value, member, depth) => new Queue<T>(Items((Queue<T>)value, member, depth));

    private Copier OfDictionary<TKey, TValue>()
        where TKey : notnull => (value, member, depth) => new Dictionary<TKey, TValue>(Pairs((Dictionary<TKey, TValue>)value, member, depth));

    private Copier OfSortedDictionary<TKey, TValue>()
        where TKey : notnull => (value, member, depth) => new SortedDictionary<TKey, TValue>(new Dictionary<TKey, TValue>(Pairs((SortedDictionary<TKey, TValue>)value, member, depth)));

    private Copier OfImmutableArray<T>() => (value, member, depth) =>
        ((ImmutableArray<T>)value).IsDefault ? value : Items((ImmutableArray<T>)value, member, depth).ToImmutableArray();

    private Copier OfImmutableList<T>() => (value, member, depth) => Items((ImmutableList<T>)value, member, depth).ToImmutableList();

    private Copier OfImmutableHashSet<T>() => (value, member, depth) => Items((ImmutableHashSet<T>)value, member, depth).ToImmutableHashSet();

    private Copier OfImmutableDictionary<TKey, TValue>()
        where TKey : notnull => (value, member, depth) => ImmutableDictionary.CreateRange(Pairs((ImmutableDictionary<TKey, TValue>)value, member, depth));

    private Copier OfImmutableSortedDictionary<TKey, TValue>()
        where TKey : notnull => (value, member, depth) => ImmutableSortedDictionary.CreateRange(Pairs((ImmutableSortedDictionary<TKey, TValue>)value, member, depth));

    private IEnumerable<T> Items<T>(IEnumerable<T> items, string member, int depth) => items.Select(item => Item(item, member, depth));

    private IEnumerable<KeyValuePair<TKey, TValue>> Pairs<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> pairs, string member, int depth) =>
        pairs.Select(pair => KeyValuePair.Create(Item(pair.Key, member, depth), Item(pair.Value, member, depth)));
}
