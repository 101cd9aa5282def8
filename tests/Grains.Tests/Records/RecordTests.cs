using System.Text;
using Trove.Contracts.Projects;
using Trove.Grains.Records;

namespace Trove.Grains.Tests.Records;

public sealed class RecordTests
{
    private static readonly RecordSerializer Serializer = new();

    [Fact]
    public void Every_kind_of_field_comes_back_as_it_was_written()
    {
        var at = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)).AddTicks(7);
        var writer = new RecordWriter(1);
        writer.Unsigned(ulong.MaxValue);
        writer.Signed(long.MinValue);
        writer.Signed(-1);
        writer.Count(int.MaxValue);
        writer.Bool(true);
        writer.Double(double.NaN);
        writer.Float(-0.25f);
        writer.Enum(LabelKind.Tags);
        writer.Time(at);
        writer.Text("grüße 日本 \0");
        writer.OptionalText(null);
        writer.OptionalText("");
        writer.Bytes([1, 2, 3]);

        var r = new RecordReader("test", writer.ToArray());
        writer.Dispose();
        Assert.Equal(ulong.MaxValue, r.Unsigned());
        Assert.Equal(long.MinValue, r.Signed());
        Assert.Equal(-1, r.Signed());
        Assert.Equal(int.MaxValue, r.Count());
        Assert.True(r.Bool());
        Assert.True(double.IsNaN(r.Double()));
        Assert.Equal(-0.25f, r.Float());
        Assert.Equal(LabelKind.Tags, r.Enum<LabelKind>());
        Assert.Equal(at, r.Time());
        Assert.Equal("grüße 日本 \0", r.Text());
        Assert.Null(r.OptionalText());
        Assert.Equal("", r.OptionalText());
        Assert.Equal([1, 2, 3], r.Bytes().ToArray());
        r.End();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(16_383, 2)]
    [InlineData(16_384, 3)]
    public void Small_numbers_are_short(ulong value, int length)
    {
        var writer = new RecordWriter();
        writer.Unsigned(value);
        Assert.Equal(length, writer.Length);
        writer.Dispose();
    }

    [Fact]
    public void A_record_keeps_its_kind_form_and_version_in_front()
    {
        var bytes = Serializer.Serialize(new Sample { Name = "a", Added = 5 });

        Assert.Equal(new RecordHeader(RecordForm.Binary, "sample", 2, 10), RecordHeader.Read(bytes));
    }

    [Fact]
    public void An_older_version_is_read_with_the_defaults_of_what_it_lacks()
    {
        var old = Serializer.Serialize(new OldSample { Name = "from before" });

        var read = Serializer.Deserialize<Sample>(old);

        Assert.Equal("from before", read.Name);
        Assert.Equal(-1, read.Added);
    }

    [Fact]
    public void A_newer_version_is_refused_with_what_to_do()
    {
        var newer = Serializer.Serialize(new Sample { Name = "x", Added = 1 });

        var refused = Assert.Throws<RecordTooNewException>(() => Serializer.Deserialize<OldSample>(newer));

        Assert.Equal(2, refused.Version);
        Assert.Contains("'sample' has version 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("newer build", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_of_another_kind_is_refused_by_name()
    {
        var other = Serializer.Serialize(new Grains.Projects.CatalogueRecord());

        var refused = Assert.Throws<RecordDamagedException>(() => Serializer.Deserialize<Sample>(other));

        Assert.Contains("'catalogue'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_cut_anywhere_is_refused_with_its_kind_and_place()
    {
        var bytes = Serializer.Serialize(new Sample { Name = "a name", Added = 70_000 });

        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes.AsMemory(0, length);
            var refused = Assert.Throws<RecordDamagedException>(() => Serializer.Deserialize<Sample>(cut));
            Assert.InRange(refused.Offset, 0, length);
        }
    }

    [Fact]
    public void Bytes_left_over_are_refused()
    {
        byte[] longer = [.. Serializer.Serialize(new Sample { Name = "a" }), 0];

        var refused = Assert.Throws<RecordDamagedException>(() => Serializer.Deserialize<Sample>(longer));

        Assert.Equal("sample", refused.Kind);
        Assert.Contains("1 bytes are left over", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_flipped_byte_gives_a_record_or_a_refusal_and_nothing_else()
    {
        var bytes = Serializer.Serialize(new Sample { Name = "some text", Added = 1 });
        var refusals = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = bytes.ToArray();
                flipped[i] ^= (byte)(1 << bit);
                try
                {
                    Serializer.Deserialize<Sample>(flipped);
                }
                catch (Exception e) when (e is RecordDamagedException or RecordTooNewException)
                {
                    refusals++;
                }
            }
        }

        Assert.InRange(refusals, 8 * 8, 8 * bytes.Length); // the header's every bit, at the least
    }

    [Fact]
    public void A_damaged_count_asks_for_no_memory()
    {
        var writer = new RecordWriter();
        writer.Count(int.MaxValue);
        var bytes = writer.ToArray();
        writer.Dispose();

        Assert.Throws<RecordDamagedException>(() => new RecordReader("test", bytes).CountOf());
        Assert.Throws<RecordDamagedException>(() => new RecordReader("test", bytes).Text());
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_damage() =>
        Assert.Throws<RecordDamagedException>(() => new RecordReader("test", [2, 0xC3, 0x28]).Text());

    [Fact]
    public void A_JSON_record_is_readable_and_its_damage_is_named()
    {
        var bytes = Serializer.Serialize(new Grains.Projects.CatalogueRecord());
        var header = RecordHeader.Read(bytes);

        Assert.Equal("""{"entries":[]}""", Encoding.UTF8.GetString(bytes.AsSpan(header.Length)));
        var refused = Assert.Throws<RecordDamagedException>(() => Serializer.Deserialize<Grains.Projects.CatalogueRecord>(bytes.AsMemory(0, bytes.Length - 1)));
        Assert.Equal("catalogue", refused.Kind);
    }

    [Fact]
    public void What_is_no_record_cannot_be_stored() =>
        Assert.Throws<NotSupportedException>(() => Serializer.Serialize("text"));

    internal sealed class OldSample : IBinaryRecord<OldSample>
    {
        public static string RecordKind => "sample";

        public static byte RecordVersion => 1;

        public string Name { get; init; } = "";

        public void Write(ref RecordWriter w) => w.Text(Name);

        public static OldSample Read(ref RecordReader r, byte version) => new() { Name = r.Text() };
    }

    internal sealed class Sample : IBinaryRecord<Sample>
    {
        public static string RecordKind => "sample";

        public static byte RecordVersion => 2;

        public string Name { get; init; } = "";

        public long Added { get; init; } = -1;

        public void Write(ref RecordWriter w)
        {
            w.Text(Name);
            w.Signed(Added);
        }

        public static Sample Read(ref RecordReader r, byte version) =>
            new() { Name = r.Text(), Added = version >= 2 ? r.Signed() : -1 };
    }
}
