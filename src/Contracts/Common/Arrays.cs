using System.Collections.Immutable;

namespace Trove.Contracts;

/// <summary>Help with arrays that a caller may have left out of a message.</summary>
public static class Arrays
{
    /// <summary>The array, or an empty one when the message did not carry it.</summary>
    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
