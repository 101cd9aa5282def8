using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Trove.Architecture.Tests;

/// <summary>A type that compiled code names.</summary>
/// <param name="Assembly">The assembly it comes from.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name as metadata spell it, such as <c>Grain`1</c>.</param>
internal readonly record struct NamedType(string Assembly, string Namespace, string Name);

/// <summary>What a compiled assembly says of itself, read from its file: nothing is loaded, no code is run, and bodies of methods count too.</summary>
internal sealed record Compiled(string Name)
{
    /// <summary>Assemblies that it refers to.</summary>
    public IReadOnlyList<string> References { get; } = Read(Name, reader => reader.AssemblyReferences.Select(
        handle => reader.GetString(reader.GetAssemblyReference(handle).Name)));

    /// <summary>Types of other assemblies that it names anywhere.</summary>
    public IReadOnlyList<NamedType> TypesUsed { get; } = Read(Name, reader => reader.TypeReferences
        .Select(reader.GetTypeReference)
        .Where(type => type.ResolutionScope.Kind == HandleKind.AssemblyReference)
        .Select(type => new NamedType(
            reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name),
            reader.GetString(type.Namespace),
            reader.GetString(type.Name))));

    /// <summary>Types that it defines.</summary>
    public IReadOnlyList<NamedType> TypesDefined { get; } = Read(Name, reader => reader.TypeDefinitions
        .Select(reader.GetTypeDefinition)
        .Select(type => new NamedType(Name, reader.GetString(type.Namespace), reader.GetString(type.Name))));

    /// <summary>The assembly of this test, in which things are wrong on purpose.</summary>
    public static Compiled Wrong { get; } = new("Trove.Architecture.Tests");

    /// <summary>Whether this build has an assembly of that name.</summary>
    public static bool Exists(string name) => File.Exists(PathOf(name));

    public override string ToString() => Name;

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, name + ".dll");

    private static List<T> Read<T>(string assembly, Func<MetadataReader, IEnumerable<T>> read)
    {
        using var file = new PEReader(File.OpenRead(PathOf(assembly)));
        return [.. read(file.GetMetadataReader())];
    }
}
