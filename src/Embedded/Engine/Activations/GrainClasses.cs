using System.Collections.Frozen;
using System.Reflection;

namespace Trove.Embedded.Activations;

/// <summary>The grain classes of the assemblies that the engine was given.</summary>
internal sealed class GrainClasses
{
    private readonly FrozenDictionary<GrainType, GrainClass> _byType;

    public GrainClasses(IEnumerable<Assembly> assemblies)
    {
        var classes = assemblies.Distinct().SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IGrainBase)) && type.IsAssignableTo(typeof(IGrain)))
            .Select(static type => new GrainClass(type))
            .ToList();
        foreach (var same in classes.GroupBy(static each => each.Type))
        {
            if (same.Count() > 1) throw new InvalidOperationException($"These classes all have the grain type '{same.Key}': {string.Join(", ", same)}.");
        }

        _byType = classes.ToFrozenDictionary(static each => each.Type);
    }

    public GrainClass OfType(GrainType type) =>
        _byType.GetValueOrDefault(type) ?? throw new ArgumentException($"No grain class of type '{type}' is in the engine's assemblies.", nameof(type));

    public GrainClass OfInterface(Type interfaceType, string? prefix)
    {
        var found = _byType.Values
            .Where(each => each.Class.IsAssignableTo(interfaceType) && (prefix is null || each.Class.FullName!.StartsWith(prefix, StringComparison.Ordinal)))
            .ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new ArgumentException($"No grain class of the engine's assemblies implements {interfaceType}.", nameof(interfaceType)),
            _ => throw new ArgumentException($"More than one grain class implements {interfaceType}: {string.Join(", ", found)}. Give a class name prefix.", nameof(interfaceType)),
        };
    }
}
