using System.Text.Json;

namespace Trove.Frontend.Identity.Outside;

/// <summary>Reads JSON of others.</summary>
internal static class JsonTexts
{
    /// <summary>No property twice: of two, programs disagree on which counts.</summary>
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>A text of an object; null when there is none, or it is something else or broken.</summary>
    public static string? Text(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }
}
