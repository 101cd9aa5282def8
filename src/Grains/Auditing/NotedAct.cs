using Trove.Contracts.Auditing;

namespace Trove.Grains.Auditing;

/// <summary>An entry of a log.</summary>
/// <param name="Entry">What was done.</param>
/// <param name="Arrived">When it was entered: never before it was done, never before the entry in front of it, whatever clocks say.</param>
internal readonly record struct NotedAct(AuditEntry Entry, DateTimeOffset Arrived);
