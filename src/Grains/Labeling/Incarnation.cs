using System.Security.Cryptography;

namespace Trove.Grains.Labeling;

/// <summary>Names one life of an activation. Random, since a clock can stand still between two lives and no memory survives the first.</summary>
internal static class Incarnation
{
    public static long New() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) | 1;
}
