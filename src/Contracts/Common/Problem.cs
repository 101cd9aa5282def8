namespace Trove.Contracts;

/// <summary>An expected refusal: a stable code for programs and a sentence for people that names what is wrong and what to do.</summary>
[GenerateSerializer, Immutable, Alias("trove.problem")]
public sealed record Problem([property: Id(0)] string Code, [property: Id(1)] string Detail);

/// <summary>Either a value or the reason why there is none.</summary>
[GenerateSerializer, Immutable, Alias("trove.result`1")]
public sealed record Result<T>([property: Id(0)] T? Value, [property: Id(1)] Problem? Problem)
    where T : class
{
    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(Problem problem) => new(null, problem);
}

/// <summary>It is done and durable.</summary>
[GenerateSerializer, Immutable, Alias("trove.done")]
public sealed record Done
{
    /// <summary>The only value.</summary>
    public static readonly Done Instance = new();
}
