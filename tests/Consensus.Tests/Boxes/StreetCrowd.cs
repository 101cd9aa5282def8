namespace Trove.Consensus.Tests;

/// <summary>Made-up images and contributors of known habits.</summary>
internal sealed class StreetCrowd
{
    public const int Careful = 5;

    private readonly Random _random;

    /// <param name="seed">Of everything.</param>
    /// <param name="images">Images, each with up to four things and answered by everybody.</param>
    /// <param name="careless">Contributors with a shaky hand, besides the careful ones.</param>
    public StreetCrowd(int seed, int images, int careless = 2)
    {
        _random = new Random(seed);
        Contributors = Careful + careless;
        Truth = [.. Enumerable.Range(0, images).Select(_ => Things())];
        Answers = [.. Enumerable.Range(0, images).SelectMany(task => Enumerable.Range(0, Contributors)
            .Select(who => new BoxAnswer(task, who, [.. Drawn(task, who)])))];
    }

    public int Contributors { get; }

    public Box[][] Truth { get; }

    public List<BoxAnswer> Answers { get; }

    public BoxOutcome Run() => BoxConsensus.Run([.. Answers], Truth.Length, Contributors);

    public BoxScore Score(Func<int, IEnumerable<Box>> found) =>
        Enumerable.Range(0, Truth.Length).Aggregate(default(BoxScore), (sum, task) => sum + BoxScore.Of([.. found(task)], Truth[task]));

    public BoxScore Score(BoxOutcome outcome) => Score(task => outcome.Images[task].Where(found => found.Accepted).Select(found => found.Box));

    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private Box[] Things() => [.. Enumerable.Range(0, _random.Next(5)).Select(place =>
        new Box(place * 300 + _random.Next(100), 50 + _random.Next(300), 40 + _random.Next(100), 60 + _random.Next(200)))];

    /// <summary>Each has a bias of their own; one in eight things is missed, one box in ten answers is of nothing.</summary>
    private IEnumerable<Box> Drawn(int task, int who)
    {
        double hand = who < Careful ? 2 : 14, bias = 3 * (who % 3 - 1);
        foreach (Box thing in Truth[task])
        {
            if (_random.Next(8) > 0)
            {
                yield return Box.Between(
                    thing.X + bias + hand * Normal(), thing.Y + hand * Normal(), thing.Right + bias + hand * Normal(), thing.Bottom + hand * Normal());
            }
        }

        if (_random.Next(10) == 0)
        {
            yield return new Box(_random.Next(1200), _random.Next(600), 30, 30);
        }
    }
}
