using System.Collections.Immutable;
using Orleans;
using Trove.Embedded.Hostility;
using Trove.Engine.Tests.Grains;

namespace Trove.Engine.Tests.Embedded;

public sealed class WireCodecTests
{
    private readonly WireCodec _codec = new();

    public enum Mood
    {
        Calm,
        Wild,
    }

    [Fact]
    public void A_member_without_an_id_does_not_travel()
    {
        var copy = _codec.Copy(new Forgetful { Marked = 1, Forgotten = 2 }, "it");
        Assert.Equal((1, 7), (copy.Marked, copy.Forgotten));
    }

    [Fact]
    public void Parameters_of_a_records_primary_constructor_travel_and_its_other_members_only_with_an_id()
    {
        var copy = _codec.Copy(new Positional(1, "two") { Extra = 3, Marked = 4 }, "it");
        Assert.Equal((1, "two", 0, 4), (copy.One, copy.Two, copy.Extra, copy.Marked));
    }

    [Fact]
    public void Structs_and_nullables_travel()
    {
        var copy = _codec.Copy(new Point(3, Mood.Wild, null), "it");
        Assert.Equal(new Point(3, Mood.Wild, null), copy);
        Assert.Null(_codec.Copy<int?>(null, "it"));
        Assert.Equal(new Point(1, Mood.Calm, 5), _codec.Copy<Point?>(new(1, Mood.Calm, 5), "it"));
    }

    [Fact]
    public void Members_of_a_base_class_travel()
    {
        var copy = _codec.Copy<object>(new Derived { Marked = 1, Own = 2 }, "it");
        Assert.Equal((1, 2), (((Derived)copy).Marked, ((Derived)copy).Own));
    }

    [Fact]
    public void Collections_are_copied_with_what_they_hold()
    {
        var inner = new Forgetful { Marked = 1 };
        var list = _codec.Copy(new List<Forgetful> { inner }, "it");
        Assert.Equal(1, Assert.Single(list).Marked);
        Assert.NotSame(inner, list[0]);
        Assert.Equal([1, 2], _codec.Copy<ImmutableArray<int>>([1, 2], "it").AsEnumerable());
        Assert.True(_codec.Copy(default(ImmutableArray<int>), "it").IsDefault);
        Assert.Equal([1, 2], _codec.Copy<ImmutableList<int>>([1, 2], "it"));
        Assert.Equal("b", _codec.Copy(ImmutableDictionary<string, string>.Empty.Add("a", "b"), "it")["a"]);
        Assert.Equal("b", _codec.Copy(new Dictionary<int, string> { [1] = "b" }, "it")[1]);
        Assert.Equal((1, "x"), _codec.Copy((1, "x"), "it"));
        var bytes = new byte[] { 1, 2 };
        Assert.Equal(bytes, _codec.Copy(bytes, "it"));
        Assert.NotSame(bytes, _codec.Copy(bytes, "it"));
    }

    [Fact]
    public void An_exception_keeps_type_message_cause_and_marked_members()
    {
        var copy = _codec.Copy<Exception>(new Orleans.Storage.InconsistentStateException("stale", "2", "1", new IOException("disk")), "it");
        var error = Assert.IsType<Orleans.Storage.InconsistentStateException>(copy);
        Assert.Equal(("stale", "2", "1"), (error.Message, error.StoredEtag, error.CurrentEtag));
        Assert.Equal("disk", Assert.IsType<IOException>(error.InnerException).Message);
    }

    [Fact]
    public void A_type_without_the_attribute_is_refused_by_its_name_and_member()
    {
        var error = Assert.Throws<InvalidOperationException>(() => _codec.Copy(new Carrier { Load = new Unknown() }, "it"));
        Assert.Contains(nameof(Unknown), error.Message, StringComparison.Ordinal);
        Assert.Contains("Carrier.Load", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_observer_itself_is_refused_where_a_reference_is_meant()
    {
        var error = Assert.Throws<InvalidOperationException>(() => _codec.Copy<IListener>(new Deaf(), "listener"));
        Assert.Contains("reference", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_contains_itself_is_refused()
    {
        var carrier = new Carrier();
        carrier.Load = carrier;
        Assert.Throws<InvalidOperationException>(() => _codec.Copy(carrier, "it"));
    }

    [Fact]
    public void Two_members_with_one_id_are_refused() =>
        Assert.Contains("[Id(0)]", Assert.Throws<InvalidOperationException>(() => _codec.Copy(new Twins(), "it")).Message, StringComparison.Ordinal);

    [GenerateSerializer]
    internal class Forgetful
    {
        [Id(0)]
        public int Marked { get; set; }

        public int Forgotten { get; set; } = 7;
    }

    [GenerateSerializer]
    internal sealed class Derived : Forgetful
    {
        [Id(0)]
        public int Own { get; set; }
    }

    [GenerateSerializer]
    internal sealed record Positional(int One, string Two)
    {
        public int Extra { get; set; }

        [Id(5)]
        public int Marked { get; set; }
    }

    [GenerateSerializer]
    internal readonly record struct Point([property: Id(0)] int X, [property: Id(1)] Mood Mood, [property: Id(2)] long? Maybe);

    [GenerateSerializer]
    internal sealed class Carrier
    {
        [Id(0)]
        public object? Load { get; set; }
    }

    [GenerateSerializer]
    internal sealed class Twins
    {
        [Id(0)]
        public int A { get; set; }

        [Id(0)]
        public int B { get; set; }
    }

    internal sealed class Unknown;

    private sealed class Deaf : IListener
    {
        public Task Hear(string news) => Task.CompletedTask;
    }
}
