namespace Trove.Consensus;

/// <summary>
/// A rectangle drawn on an image. The unit is the caller's, pixels or fractions of the image, as long as it is one unit for
/// all boxes: the methods here give the same boxes at any scale.
/// </summary>
/// <param name="X">Left edge; x grows to the right.</param>
/// <param name="Y">Top edge; y grows downwards.</param>
/// <param name="Width">From the left edge to the right, positive.</param>
/// <param name="Height">From the top edge to the bottom, positive.</param>
public readonly record struct Box(double X, double Y, double Width, double Height)
{
    /// <summary>Bounds within which squares and quotients of coordinates stay finite: no image is larger, no mark smaller.</summary>
    private const double Farthest = 1e12, Smallest = 1e-9;

    /// <summary>Right edge.</summary>
    public double Right => X + Width;

    /// <summary>Bottom edge.</summary>
    public double Bottom => Y + Height;

    /// <summary>Whether this is a rectangle at all: finite numbers, positive sides. What is not is ignored, as if it had not been drawn.</summary>
    public bool IsProper =>
        Math.Abs(X) <= Farthest && Math.Abs(Y) <= Farthest && Width is >= Smallest and <= Farthest && Height is >= Smallest and <= Farthest;

    /// <summary>The box between four edges.</summary>
    public static Box Between(double left, double top, double right, double bottom) => new(left, top, right - left, bottom - top);

    /// <summary>
    /// Intersection over union, 0..1 (Jaccard 1901; Everingham et al., The Pascal Visual Object Classes Challenge, IJCV 2010).
    /// </summary>
    public double Overlap(Box other)
    {
        double width = Math.Min(Right, other.Right) - Math.Max(X, other.X);
        double height = Math.Min(Bottom, other.Bottom) - Math.Max(Y, other.Y);
        if (!(width > 0 && height > 0))
        {
            return 0;
        }

        double shared = width * height;
        return shared / (Width * Height + other.Width * other.Height - shared);
    }
}
