using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;

namespace Trove.Architecture.Tests;

/// <summary>What grain interfaces and messages say of themselves, by reflection.</summary>
internal static class Wire
{
    private const BindingFlags OwnInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Interfaces that are called through references, observers included.</summary>
    public static IEnumerable<Type> InterfacesOf(IEnumerable<Type> types) => types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)));

    /// <summary>Methods that are called through references.</summary>
    public static IEnumerable<MethodInfo> MethodsOf(IEnumerable<Type> types) => InterfacesOf(types).SelectMany(type => type.GetMethods());

    /// <summary>Classes of grains.</summary>
    public static IEnumerable<Type> ClassesOf(IEnumerable<Type> types) => types.Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IGrainBase)));

    /// <summary>All that has a name on the wire: messages and interfaces.</summary>
    public static IEnumerable<Type> NamedOf(IEnumerable<Type> types)
    {
        var all = types.ToList();
        return MessagesOf(all).Concat(InterfacesOf(all));
    }

    /// <summary>Says which things have a name that another has too.</summary>
    public static IEnumerable<string> Shared<T>(IEnumerable<T> things, Func<T, string?> nameOf)
        where T : MemberInfo => things
        .Where(thing => nameOf(thing) is not null)
        .GroupBy(nameOf, StringComparer.Ordinal)
        .Where(group => group.Skip(1).Any())
        .Select(group => $"{string.Join(" and ", group.Select(thing => thing.Name))} share '{group.Key}'");

    /// <summary>Types that travel: those marked to, and those that a grain method or another message names.</summary>
    public static IReadOnlyList<Type> MessagesOf(IEnumerable<Type> types)
    {
        var all = types.ToList();
        var ours = all.Select(type => type.Assembly).ToHashSet();
        var found = new HashSet<Type>();
        var open = new Stack<Type>(all.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)));
        foreach (var method in MethodsOf(all))
        {
            Push(method.ReturnType);
            Array.ForEach(method.GetParameters(), parameter => Push(parameter.ParameterType));
        }

        while (open.TryPop(out var type))
        {
            if (found.Add(type))
            {
                DataOf(type).ToList().ForEach(member => Push(TypeOf(member)));
            }
        }

        return [.. found.OrderBy(type => type.FullName, StringComparer.Ordinal)];

        void Push(Type type)
        {
            foreach (var part in Parts(type).Where(part => ours.Contains(part.Assembly) && part is { IsEnum: false, IsInterface: false, IsGenericParameter: false }))
            {
                open.Push(part.IsGenericType ? part.GetGenericTypeDefinition() : part);
            }
        }
    }

    /// <summary>Members that hold a message's data: fields, and properties that are stored. What is computed does not travel.</summary>
    public static IEnumerable<MemberInfo> DataOf(Type message)
    {
        var stored = message.GetFields(OwnInstance).ToDictionary(field => field.Name, StringComparer.Ordinal);
        foreach (var property in message.GetProperties(OwnInstance).Where(property => stored.Remove($"<{property.Name}>k__BackingField")))
        {
            yield return property;
        }

        foreach (var field in stored.Values)
        {
            yield return field;
        }
    }

    /// <summary>Type of a member's data.</summary>
    public static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    /// <summary>A type and all it is made of: <c>Task&lt;Result&lt;T&gt;&gt;</c> has three parts.</summary>
    public static IEnumerable<Type> Parts(Type type) => type.IsArray
        ? Parts(type.GetElementType()!).Prepend(type)
        : type.GetGenericArguments().SelectMany(Parts).Prepend(type);

    /// <summary>Name on the wire, or null.</summary>
    public static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    /// <summary>Number on the wire, or null.</summary>
    public static uint? IdOf(MemberInfo member) => member.GetCustomAttribute<IdAttribute>(inherit: false)?.Id;

    /// <summary>Name of a grain class in keys of records, or null.</summary>
    public static string? GrainTypeOf(Type type) => type.GetCustomAttributesData()
        .FirstOrDefault(attribute => attribute.AttributeType == typeof(GrainTypeAttribute))?.ConstructorArguments[0].Value as string;

    /// <summary>Whether a member can be changed after the object was made.</summary>
    public static bool CanChange(MemberInfo member) => member switch
    {
        PropertyInfo { SetMethod: { } set } => !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)),
        FieldInfo field => !field.IsInitOnly,
        _ => false,
    };

    /// <summary>Whether a type is a collection that somebody could still change, or an interface that says nothing of what travels.</summary>
    public static bool IsLooseCollection(Type type) =>
        type != typeof(string)
        && type.IsAssignableTo(typeof(System.Collections.IEnumerable))
        && type.Namespace != typeof(ImmutableArray<>).Namespace;

    /// <summary>Name of a method for people.</summary>
    public static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
