using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Trove.Embedded.Generator;

/// <summary>What the compilation says about a grain interface: the methods to call, and what is wrong with it.</summary>
internal sealed class GrainInterface
{
    private const string Token = "System.Threading.CancellationToken";
    private readonly List<Finding> _findings = [];

    public GrainInterface(INamedTypeSymbol symbol)
    {
        Symbol = symbol;
        CheckType();
        foreach (var declaring in symbol.AllInterfaces.Insert(0, symbol))
        {
            foreach (var member in declaring.GetMembers())
            {
                if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary, IsAbstract: true, IsStatic: false } method) Check(method);
                else if (member is IPropertySymbol or IEventSymbol) Report(member, Rules.NotAMethod);
            }
        }
    }

    public INamedTypeSymbol Symbol { get; }

    public List<IMethodSymbol> Methods { get; } = [];

    public ImmutableArray<Finding> Findings => [.. _findings];

    /// <summary>Whether the symbol is an interface through which a grain or an observer is called.</summary>
    public static bool Is(INamedTypeSymbol symbol) =>
        symbol.TypeKind == TypeKind.Interface &&
        symbol.AllInterfaces.Any(each => each.ToDisplayString() is "Orleans.IGrainWithStringKey" or "Orleans.IGrainObserver");

    public static bool Has(ISymbol symbol, string attribute) =>
        symbol.GetAttributes().Any(each => each.AttributeClass?.ToDisplayString() == attribute);

    public static bool IsToken(IParameterSymbol parameter) => parameter.Type.ToDisplayString() == Token;

    /// <summary>The T of Task&lt;T&gt; or ValueTask&lt;T&gt;; null without one.</summary>
    public static ITypeSymbol? ResultOf(IMethodSymbol method) => ((INamedTypeSymbol)method.ReturnType).TypeArguments.SingleOrDefault();

    private void CheckType()
    {
        if (Symbol.IsGenericType) Report(Symbol, Rules.Generic);
        for (var type = Symbol; type is not null; type = type.ContainingType)
        {
            var hidden = type.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal;
            if (hidden || (type.IsGenericType && !SymbolEqualityComparer.Default.Equals(type, Symbol))) Report(Symbol, Rules.Accessible);
        }
    }

    private void Check(IMethodSymbol method)
    {
        var before = _findings.Count;
        if (method.IsGenericMethod) Report(method, Rules.Generic);
        if (Has(method, "Orleans.Concurrency.OneWayAttribute")) Report(method, Rules.OneWay);
        if (method.ReturnType.OriginalDefinition.ToDisplayString() is not (
            "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task<TResult>" or
            "System.Threading.Tasks.ValueTask" or "System.Threading.Tasks.ValueTask<TResult>"))
        {
            Report(method, Rules.ReturnType, method.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
        }

        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.None) Report(method, Rules.ByReference, parameter.Name);
            if (IsToken(parameter) && parameter.Ordinal != method.Parameters.Length - 1) Report(method, Rules.TokenLast);
        }

        if (_findings.Count == before) Methods.Add(method);
    }

    // A fault of an inherited interface of another assembly is shown where it is inherited.
    private void Report(ISymbol symbol, DiagnosticDescriptor rule, string detail = "") =>
        _findings.Add(Finding.At(symbol.Locations[0].IsInSource ? symbol : Symbol, rule, detail));
}
