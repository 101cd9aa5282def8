namespace Trove.Grains;

/// <summary>Keys that never leave the server. Changing the first makes every open lease worthless; changing the second renames everybody.</summary>
/// <param name="Leases">Signs lease tokens; at least 32 bytes.</param>
/// <param name="Pseudonyms">Derives a contributor's name within a project; at least 32 bytes.</param>
public sealed record TroveSecrets(ReadOnlyMemory<byte> Leases, ReadOnlyMemory<byte> Pseudonyms);
