using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Trove.Embedded.Generator;

namespace Trove.Engine.Tests.Embedded;

public sealed class GeneratorTests
{
    [Theory]
    [InlineData("EMB001", "interface IBad<T> : IGrainWithStringKey { Task A(); }")]
    [InlineData("EMB001", "interface IBad : IGrainWithStringKey { Task A<T>(T value); }")]
    [InlineData("EMB002", "interface IBad : IGrainWithStringKey { void A(); }")]
    [InlineData("EMB002", "interface IBad : IGrainWithStringKey { int A(); }")]
    [InlineData("EMB002", "interface IBad : IGrainWithStringKey { IAsyncEnumerable<int> A(); }")]
    [InlineData("EMB002", "interface IBad : IGrainObserver { void A(); }")]
    [InlineData("EMB003", "interface IBad : IGrainWithStringKey { Task A(ref int value); }")]
    [InlineData("EMB003", "interface IBad : IGrainWithStringKey { Task A(out int value); }")]
    [InlineData("EMB004", "interface IBad : IGrainWithStringKey { [OneWay] Task A(); }")]
    [InlineData("EMB005", "interface IBad : IGrainWithStringKey { int A { get; } }")]
    [InlineData("EMB006", "interface IBad : IGrainWithStringKey { Task A(CancellationToken token, int value); }")]
    [InlineData("EMB007", "class Outer { private interface IBad : IGrainWithStringKey { Task A(); } }")]
    public void A_shape_that_can_not_be_called_is_refused_with_its_own_error(string rule, string source)
    {
        var (diagnostics, generated) = Run(source);
        Assert.Equal([rule], diagnostics.Select(static each => each.Id));
        Assert.Empty(generated);
    }

    [Theory]
    [InlineData("interface IGood : IGrainWithStringKey { Task A(); Task<int> B(string a, int? b); ValueTask C(CancellationToken token); ValueTask<List<string?>> D(int @class); }")]
    [InlineData("interface IBase { Task A(); } interface IGood : IBase, IGrainWithStringKey { Task A(int a); }")]
    [InlineData("partial interface IGood : IGrainWithStringKey { Task A(); } partial interface IGood : IGrain { Task B(); }")]
    [InlineData("class Outer { internal interface IGood : IGrainObserver { Task A(); } }")]
    public void What_is_generated_compiles(string source)
    {
        var (diagnostics, generated) = Run(source);
        Assert.Empty(diagnostics);
        Assert.Single(generated);
    }

    [Fact]
    public void An_interface_that_is_no_grains_is_left_alone() =>
        Assert.Empty(Run("interface IOther : IDisposable { void A(); }").Generated);

    private static (List<Diagnostic> Diagnostics, List<SyntaxTree> Generated) Run(string source)
    {
        const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using Orleans; using Orleans.Concurrency;\n#nullable enable\n";
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "sample", [CSharpSyntaxTree.ParseText(Usings + source, options)], platform, new(OutputKind.DynamicallyLinkedLibrary));
        CSharpGeneratorDriver.Create([new GrainProxyGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var updated, out var diagnostics);
        Assert.Empty(updated.GetDiagnostics().Where(each => each.Severity == DiagnosticSeverity.Error && diagnostics.IsEmpty));
        return ([.. diagnostics], [.. updated.SyntaxTrees.Skip(1)]);
    }
}
