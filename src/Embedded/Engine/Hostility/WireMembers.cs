using System.Collections.Immutable;
using System.Reflection;

namespace Trove.Embedded.Hostility;

/// <summary>Which members of a type travel: those with [Id], and the parameters of a record's primary constructor.</summary>
internal static class WireMembers
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The fields that hold them, base classes first. A base class without [GenerateSerializer] contributes none.</summary>
    public static ImmutableArray<FieldInfo> Of(Type type)
    {
        var members = new List<FieldInfo>();
        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            if (declaring.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)) members.InsertRange(0, DeclaredBy(declaring));
        }

        return [.. members];
    }

    /// <summary>The name in the source: a property's, for its hidden field.</summary>
    public static string NameOf(FieldInfo field) => field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static List<FieldInfo> DeclaredBy(Type type)
    {
        var positional = PositionalNames(type);
        var marked = new Dictionary<uint, FieldInfo>();
        var members = new List<FieldInfo>();
        foreach (var field in type.GetFields(Declared))
        {
            var name = NameOf(field);
            var property = name == field.Name ? null : type.GetProperty(name, Declared);
            var id = field.GetCustomAttribute<IdAttribute>() ?? property?.GetCustomAttribute<IdAttribute>();
            if (id is not null && !marked.TryAdd(id.Id, field))
                throw new InvalidOperationException($"{type}: '{NameOf(marked[id.Id])}' and '{name}' have the same [Id({id.Id})].");
            if (id is not null || (property is not null && positional.Contains(name))) members.Add(field);
        }

        foreach (var property in type.GetProperties(Declared))
        {
            if (property.IsDefined(typeof(IdAttribute)) && type.GetField($"<{property.Name}>k__BackingField", Declared) is null)
                throw new InvalidOperationException($"{type}: '{property.Name}' has [Id] but no storage of its own; put it on the field.");
        }

        return members;
    }

    // Only records have a Deconstruct that mirrors a constructor.
    private static HashSet<string> PositionalNames(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is not null);
        var deconstruct = isRecord ? type.GetMethods(Declared).Where(static each => each.Name == "Deconstruct").MaxBy(static each => each.GetParameters().Length) : null;
        return deconstruct is null ? [] : [.. deconstruct.GetParameters().Select(static each => each.Name!)];
    }
}
