namespace Trove.Contracts;

/// <summary>A surprise that a caller may see: a stable code for programs and a sentence for people. The outcome of the command is unknown unless it says otherwise.</summary>
[GenerateSerializer, Alias("trove.exception")]
public class TroveException(string code, string message) : Exception(message)
{
    /// <summary>Stable code.</summary>
    [Id(0)]
    public string Code { get; } = code;
}
