namespace Trove.Grains.Labeling;

/// <summary>A slot in use: memory only, its holder has the token.</summary>
internal readonly record struct LiveLease(string Contributor, long Assignment, DateTimeOffset Deadline);
