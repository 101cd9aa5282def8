namespace Trove.Frontend.Guests;

/// <summary>Which project to try.</summary>
public sealed record GuestBody(string? Project);

/// <summary>An answer: the chosen options by name, or the tags.</summary>
public sealed record GuestAnswerBody(ImmutableArray<string> Values);
