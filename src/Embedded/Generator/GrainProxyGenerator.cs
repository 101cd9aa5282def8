using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Trove.Embedded.Generator;

/// <summary>
/// For each interface of a grain or an observer, generates the class through which it is called.
/// Orleans' own generator does the same there; here nothing is serialized, so a request is just an object.
/// </summary>
[Generator]
public sealed class GrainProxyGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var outputs = context.SyntaxProvider.CreateSyntaxProvider(
                static (node, _) => node is InterfaceDeclarationSyntax { BaseList: not null },
                static (syntax, _) => Generate(syntax))
            .SelectMany(static (each, _) => each);
        context.RegisterSourceOutput(outputs, static (production, output) => output.AddTo(production));
    }

    // Texts and findings rather than symbols: they compare by value, so an unchanged interface costs nothing on the next keystroke.
    private static IEnumerable<Output> Generate(GeneratorSyntaxContext syntax)
    {
        if (syntax.SemanticModel.GetDeclaredSymbol(syntax.Node) is not INamedTypeSymbol symbol || !GrainInterface.Is(symbol)) return [];

        // A partial interface has several declarations and needs one proxy.
        if (symbol.DeclaringSyntaxReferences[0].GetSyntax() != syntax.Node) return [];

        var grain = new GrainInterface(symbol);
        if (grain.Findings.IsEmpty) return [new Output($"{ProxyWriter.FullNameOf(symbol)}.g.cs", ProxyWriter.Write(grain), Finding: null)];
        return grain.Findings.Select(static finding => new Output("", "", finding)).ToList();
    }

    private sealed record Output(string Name, string Source, Finding? Finding)
    {
        public void AddTo(SourceProductionContext production)
        {
            if (Finding is not null) production.ReportDiagnostic(Finding.ToDiagnostic());
            else production.AddSource(Name, SourceText.From(Source, Encoding.UTF8));
        }
    }
}
