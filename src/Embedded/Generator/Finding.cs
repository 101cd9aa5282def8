using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Trove.Embedded.Generator;

/// <summary>A diagnostic in a form that compares by value, so that unchanged interfaces are not generated again.</summary>
internal sealed record Finding(DiagnosticDescriptor Rule, string Path, TextSpan Span, LinePositionSpan Lines, string Subject, string Detail)
{
    public static Finding At(ISymbol symbol, DiagnosticDescriptor rule, string detail = "")
    {
        var location = symbol.Locations[0];
        var subject = symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
        return new(rule, location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span, subject, detail);
    }

    public Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, Location.Create(Path, Span, Lines), Subject, Detail);
}
