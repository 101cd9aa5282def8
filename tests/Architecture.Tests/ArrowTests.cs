using System.Xml.Linq;

namespace Trove.Architecture.Tests;

/// <summary>Arrows between rooms point one way. Held on what the project files say and on what the compiler made of it.</summary>
public sealed class ArrowTests
{
    private const string Remedy = "Arrows between rooms point one way; move the code to the room that may know both, or put what they share into Contracts.";

    /// <summary>
    /// Every room and the rooms that it may name. A room that is not here may not exist. The silo knows consensus because its audit judges outcomes
    /// again; the command line knows the engine because it benches it.
    /// </summary>
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Trove.Embedded.Abstractions"] = [],
        ["Trove.Embedded.Generator"] = [],
        ["Trove.Embedded.Engine"] = ["Trove.Embedded.Abstractions"],
        ["Trove.Contracts"] = ["Trove.Embedded.Abstractions"],
        ["Trove.Consensus"] = [],
        ["Trove.Grains"] = ["Trove.Contracts", "Trove.Consensus", "Trove.Embedded.Abstractions"],
        ["Trove.Silo"] = ["Trove.Grains", "Trove.Contracts", "Trove.Consensus", "Trove.Embedded.Engine", "Trove.Embedded.Abstractions"],
        ["Trove.Frontend"] = ["Trove.Contracts", "Trove.Silo", "Trove.Embedded.Abstractions"],
        ["Trove.Client"] = ["Trove.Contracts"],
        ["Trove.Cli"] = ["Trove.Client", "Trove.Consensus", "Trove.Contracts", "Trove.Frontend", "Trove.Silo", "Trove.Embedded.Engine"],
    };

    /// <summary>What the two purest rooms may refer to; the interfaces of either engine are held by the arrows.</summary>
    private static readonly string[] BaseLibrary = ["System.", "Trove.Embedded.Abstractions", "Orleans."];

    private static IEnumerable<Project> Projects => House.Files("src", "*.csproj").Select(Project.Load);

    /// <summary>All but the generator, which runs in the compiler, and the engine that this build is not made for.</summary>
    private static IEnumerable<Compiled> Assemblies => Projects.Where(project => Compiled.Exists(project.Assembly)).Select(project => new Compiled(project.Assembly));

    [Fact]
    public void Project_files_refer_along_the_arrows_only() => Rule.Holds(
        projects => projects.SelectMany(project => Against(project.Name, project.References)),
        Projects,
        [new Project("Trove.Contracts", "Trove.Contracts", ["Trove.Grains"])],
        Remedy);

    [Fact]
    public void Compiled_assemblies_refer_along_the_arrows_only() => Rule.Holds(
        assemblies => assemblies.SelectMany(assembly => Against(RoomOf(assembly.Name), assembly.References)),
        Assemblies,
        [Compiled.Wrong],
        Remedy);

    [Fact]
    public void Contracts_and_consensus_need_nothing_but_the_base_library() => Rule.Holds(
        assemblies => assemblies.SelectMany(assembly => assembly.References
            .Where(reference => !BaseLibrary.Any(prefix => reference.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(reference => $"{assembly} refers to {reference}")),
        [new Compiled("Trove.Contracts"), new Compiled("Trove.Consensus")],
        [Compiled.Wrong],
        "Contracts are read by every caller and consensus is mathematics: leave packages, hosts and storage to other rooms.");

    [Fact]
    public void The_frontend_and_the_command_line_name_no_type_of_the_grains() => Rule.Holds(
        assemblies => assemblies.SelectMany(assembly => assembly.TypesUsed
            .Where(type => type.Assembly == "Trove.Grains")
            .Select(type => $"{assembly} names {type.Namespace}.{type.Name}")),
        [new Compiled("Trove.Frontend"), new Compiled("trove")],
        [Compiled.Wrong],
        "Call the grain through its interface in Contracts: on a cluster the grains are in another process.");

    [Fact]
    public void Only_the_hosting_folder_of_the_frontend_names_the_silo() => Rule.Holds(
        files => files
            .Where(file => !file.Path.StartsWith("src/Frontend/Hosting/", StringComparison.Ordinal) && file.Text.Contains("Trove.Silo", StringComparison.Ordinal))
            .Select(file => $"{file.Path} names Trove.Silo"),
        House.Files("src/Frontend", "*.cs").Select(SourceFile.Load),
        [new SourceFile("src/Frontend/Progress/Boards.cs", "using Trove.Silo;")],
        "Only the file that hosts the silo in the frontend's process may name it; everything else is the same on a cluster.");

    private static IEnumerable<string> Against(string room, IEnumerable<string> references) =>
        !Arrows.TryGetValue(room, out var allowed)
            ? [$"{room} is a room that has no arrows yet: give it some in {nameof(ArrowTests)}"]
            : references.Select(RoomOf)
                .Where(reference => reference.StartsWith("Trove.", StringComparison.Ordinal) && !allowed.Contains(reference, StringComparer.Ordinal))
                .Select(reference => $"{room} refers to {reference}; it may refer to {(allowed.Length == 0 ? "no other room" : string.Join(", ", allowed))}");

    private static string RoomOf(string assembly) => assembly == "trove" ? "Trove.Cli" : assembly;

    /// <summary>What a project file says, with what it imports from the house's own props.</summary>
    private sealed record Project(string Name, string Assembly, IReadOnlyList<string> References)
    {
        public static Project Load(string path)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var file = Path.Combine(House.Root, path);
            var project = XDocument.Load(file);
            var imports = project.Descendants("Import")
                .Select(import => Path.GetFullPath(import.Attribute("Project")!.Value, Path.GetDirectoryName(file)!))
                .Select(import => XDocument.Load(import));
            var references = imports.Prepend(project).SelectMany(document => document.Descendants("ProjectReference"))
                .Where(reference => reference.Attribute("OutputItemType")?.Value != "Analyzer")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
            return new Project(name, project.Descendants("AssemblyName").FirstOrDefault()?.Value ?? name, [.. references]);
        }
    }
}
