using Microsoft.CodeAnalysis;

namespace Trove.Embedded.Generator;

/// <summary>Shapes that a grain interface may not have. Each would compile on Orleans or not at all, but could not be called here.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor Generic = Rule(
        "EMB001", "No generics", "'{0}' is generic; grain interfaces and their methods are not generic");

    public static readonly DiagnosticDescriptor ReturnType = Rule(
        "EMB002", "Returns a task", "'{0}' returns '{1}'; a grain's method returns Task, Task<T>, ValueTask or ValueTask<T> (for a sequence, return pages with a cursor)");

    public static readonly DiagnosticDescriptor ByReference = Rule(
        "EMB003", "No ref, out or in", "Parameter '{1}' of '{0}' is passed by reference; arguments travel by value");

    public static readonly DiagnosticDescriptor OneWay = Rule(
        "EMB004", "No one-way calls", "'{0}' is one-way; its failures would never be noticed");

    public static readonly DiagnosticDescriptor NotAMethod = Rule(
        "EMB005", "Only methods", "'{0}' is a property or event; a grain interface has methods only");

    public static readonly DiagnosticDescriptor TokenLast = Rule(
        "EMB006", "One token, last", "'{0}' takes a CancellationToken that is not its last parameter");

    public static readonly DiagnosticDescriptor Accessible = Rule(
        "EMB007", "Accessible", "'{0}' is private or in a generic type; generated code can't name it");

    private static DiagnosticDescriptor Rule(string id, string title, string message) =>
        new(id, title, message, "Grains", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
