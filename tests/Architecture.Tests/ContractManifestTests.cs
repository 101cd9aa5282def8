using System.Globalization;
using System.Reflection;
using System.Text;
using Orleans;

namespace Trove.Architecture.Tests;

/// <summary>
/// What callers of another version and records of an earlier one rely on is written down in a file, so that a change of it is seen in review and never
/// happens by the way.
/// </summary>
public sealed class ContractManifestTests
{
    private const string ManifestPath = "src/Contracts/contracts.txt";
    private const string AcceptVariable = "TROVE_ACCEPT_CONTRACTS";

    [Fact]
    public void The_contracts_are_those_of_the_manifest()
    {
        var actual = Describe(House.ContractTypes);
        var path = Path.Combine(House.Root, ManifestPath);
        if (Environment.GetEnvironmentVariable(AcceptVariable) is { Length: > 0 })
        {
            File.WriteAllText(path, actual);
        }

        var accepted = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(
            accepted == actual,
            $"""
            The contracts differ from {ManifestPath}:
            {Difference(accepted, actual)}
            Adding is harmless: a new message, a new method, a new member under the next number. Renaming an alias, or changing the type or the number of a
            member, breaks callers of another version. If the change is meant, run this test once with {AcceptVariable}=1 and commit the file.
            """);
    }

    [Fact]
    public void The_manifest_shows_a_change_of_a_message_and_of_a_method()
    {
        var before = Describe([typeof(Wrong.ISendsPlain)]);

        Assert.Contains("+   Send(Int32 number) -> Task", Difference(before, before.Replace("Send(Plain message)", "Send(Int32 number)", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("-   - Number: Int32", Difference(before, before.Replace("  - Number: Int32", "  - Number: Int64", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static string Describe(IReadOnlyList<Type> types)
    {
        var text = new StringBuilder("# Grain interfaces, messages and enumerations by their names on the wire. Kept by ContractManifestTests.\n");
        foreach (var type in Wire.InterfacesOf(types).OrderBy(NameOf, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\ninterface {NameOf(type)}\n");
            foreach (var method in type.GetMethods().OrderBy(NameOf, StringComparer.Ordinal))
            {
                var parameters = string.Join(", ", method.GetParameters().Select(parameter => $"{Spell(parameter.ParameterType)} {parameter.Name}"));
                text.Append(CultureInfo.InvariantCulture, $"  {NameOf(method)}({parameters}) -> {Spell(method.ReturnType)}\n");
            }
        }

        foreach (var type in Wire.MessagesOf(types).OrderBy(NameOf, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\nmessage {NameOf(type)}\n");
            foreach (var member in Wire.DataOf(type).OrderBy(Wire.IdOf))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {Wire.IdOf(member)?.ToString(CultureInfo.InvariantCulture) ?? "-"} {member.Name}: {Spell(Wire.TypeOf(member))}\n");
            }
        }

        foreach (var type in types.Where(type => type.IsEnum).OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            var values = Enum.GetNames(type).Select(name => $"{name}={Enum.Format(type, Enum.Parse(type, name), "d")}");
            text.Append(CultureInfo.InvariantCulture, $"\nenum {type.Name}\n  {string.Join(' ', values)}\n");
        }

        return text.ToString();
    }

    /// <summary>Name on the wire; what has none is spelled as in C#, and the other tests object to it.</summary>
    private static string NameOf(MemberInfo member) => Wire.AliasOf(member) ?? member.Name;

    private static string Spell(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Spell(value) + "?";
        }

        if (type.IsArray)
        {
            return Spell(type.GetElementType()!) + "[]";
        }

        var name = type.IsGenericParameter ? type.Name : NameOf(type).Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Spell))}>" : name;
    }

    /// <summary>Lines that went and lines that came; enough to see what happened.</summary>
    private static string Difference(string before, string after)
    {
        var (old, now) = (before.Split('\n'), after.Split('\n'));
        return string.Join('\n', old.Except(now, StringComparer.Ordinal).Select(line => "- " + line).Concat(now.Except(old, StringComparer.Ordinal).Select(line => "+ " + line)));
    }
}
