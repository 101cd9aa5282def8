using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Trove.Architecture.Tests;

/// <summary>Where the things stand that the rules look at.</summary>
internal static class House
{
    /// <summary>The folder of <c>Trove.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The room of messages and grain interfaces.</summary>
    public static Assembly Contracts { get; } = typeof(Trove.Contracts.TaskId).Assembly;

    /// <summary>The room of grains.</summary>
    public static Assembly Grains { get; } = typeof(Trove.Grains.TroveSecrets).Assembly;

    /// <summary>Types that people wrote in the two rooms of the actors.</summary>
    public static IReadOnlyList<Type> ActorTypes { get; } = [.. Written(Contracts), .. Written(Grains)];

    /// <summary>Types that people wrote in <see cref="Contracts"/>.</summary>
    public static IReadOnlyList<Type> ContractTypes { get; } = [.. Written(Contracts)];

    /// <summary>Whether a type, and what it stands in, was written by people.</summary>
    public static bool IsWritten(Type type) =>
        !type.IsDefined(typeof(GeneratedCodeAttribute), inherit: false)
        && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && !type.Name.Contains('<', StringComparison.Ordinal)
        && (type.DeclaringType is null || IsWritten(type.DeclaringType));

    /// <summary>Files below a folder of the repository, by their path from the root with slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(PathFromRoot)
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
            .Order(StringComparer.Ordinal);

    /// <summary>Text of a file by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string PathFromRoot(string path) => Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/');

    private static IEnumerable<Type> Written(Assembly assembly) => assembly.GetTypes().Where(IsWritten).OrderBy(type => type.FullName, StringComparer.Ordinal);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Trove.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"Trove.sln stands nowhere above {AppContext.BaseDirectory}.");
        }

        return folder;
    }
}
