namespace Trove.Consensus;

/// <summary>One number for each edge of a box.</summary>
public readonly record struct Edges(double Left, double Top, double Right, double Bottom)
{
    internal const int Count = 4;

    internal static Edges Of(Box box) => new(box.X, box.Y, box.Right, box.Bottom);

    internal static Edges From(ReadOnlySpan<double> values) => new(values[0], values[1], values[2], values[3]);

    /// <summary>By number: left, top, right, bottom. Even ones lie along the width.</summary>
    internal double this[int edge] => edge switch { 0 => Left, 1 => Top, 2 => Right, _ => Bottom };
}
