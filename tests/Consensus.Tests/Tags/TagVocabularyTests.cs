namespace Trove.Consensus.Tests;

public sealed class TagVocabularyTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(30);

    [Fact]
    public void The_most_used_tag_is_suggested_first_in_its_commonest_spelling()
    {
        TagVocabulary vocabulary = Of("Golden Retriever", "golden retriever", "golden retriever", "Goldfish", "gold", "gold", "cat");
        Assert.Equal([new("golden retriever", 3), new("gold", 2), new("Goldfish", 1)], vocabulary.Suggest("GOL", 10).AsEnumerable());
        Assert.Equal("golden retriever", Assert.Single(vocabulary.Suggest("g", 1)).Tag);
        Assert.Empty(vocabulary.Suggest("x", 10));
        Assert.Empty(vocabulary.Suggest("g", 0));
        Assert.Equal(4, vocabulary.Suggest("", 10).Length);
    }

    [Fact]
    public void Of_equals_the_spelling_decides() =>
        Assert.Equal(["tab", "tac", "tad"], Of("tad", "tab", "tac").Suggest("ta", 10).Select(s => s.Tag));

    [Theory]
    [InlineData("dog", "dog", "Dogs", "dog")]
    [InlineData("caf\u00e9", "Cafe", "caf\u00e9", "cafe\u0301")]
    [InlineData("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd")]
    public void Variants_in_use_go_by_the_commonest(string canonical, params string[] typed)
    {
        TagVocabulary vocabulary = Of(typed);
        Assert.All(typed, tag => Assert.Equal(canonical, vocabulary.Canonical(tag)));
        TagSuggestion suggestion = Assert.Single(vocabulary.Suggest("", 10));
        Assert.Equal(canonical, TagFold.Fold(suggestion.Tag));
        Assert.Equal(3, suggestion.Uses);
        Assert.Equal(suggestion, Assert.Single(vocabulary.Suggest(typed[1], 10)));
    }

    [Theory]
    [InlineData("glass", "glas")]
    [InlineData("gas", "ga")]
    [InlineData("\u304b", "\u304c")]
    [InlineData("\u0915", "\u0958")]
    public void Different_words_stay_different(string one, string other)
    {
        TagVocabulary vocabulary = Of(one, other);
        Assert.Equal(2, vocabulary.Suggest("", 10).Length);
        Assert.NotEqual(vocabulary.Canonical(one), vocabulary.Canonical(other));
    }

    [Fact]
    public void A_word_nobody_used_is_its_own_folded_form() => Assert.Equal("dogs", Of("cat").Canonical(" DOGS "));

    [Fact]
    public void The_vote_counts_variants_as_one_when_it_is_given_the_vocabulary()
    {
        TagVote[] votes = [new(["Dogs"], 0.7), new(["dog"], 0.7), new(["tree"], 0.7)];
        Assert.Empty(TagConsensus.Leading(votes).Tags);
        Assert.Equal(["dog"], TagConsensus.Leading(votes, Of("dog", "dog", "dogs")).Tags.AsEnumerable());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_order_of_use_changes_no_suggestion(int seed)
    {
        var random = new Random(seed);
        string[] words = ["dog", "Dogs", "d\u00f6g", "DOG", "cat", "cats", "Cat", "car", "c\u00e0r", "cargo", "\u72ac", "\u200bdog"];
        string[] used = [.. Enumerable.Range(0, 60).Select(_ => words[random.Next(words.Length)])], shuffled = [.. used];
        random.Shuffle(shuffled);
        foreach (string typed in (string[])["", "d", "do", "dogs", "C", "car", "\u72ac"])
        {
            Assert.Equal(Of(used).Suggest(typed, 5).AsEnumerable(), Of(shuffled).Suggest(typed, 5).AsEnumerable());
        }
    }

    [Fact]
    public void Nothing_that_hides_or_turns_text_round_is_shown_to_others()
    {
        TagVocabulary vocabulary = Of("\u202edog\u202c", "do\u200bg\u0007", "  ", "\u200b", "\ud83d\udc68\u200d\ud83d\udc69");
        Assert.Equal(["dog", "\ud83d\udc68\u200d\ud83d\udc69"], vocabulary.Suggest("", 10).Select(s => s.Tag));
    }

    [Fact]
    public void Huge_and_broken_tags_do_no_harm()
    {
        TagVocabulary vocabulary = Of(new string('a', 200_000) + new string('\u0301', 200_000), "\ud83d", new string('s', 9), "s", "ss");
        Assert.Equal(5, vocabulary.Suggest("", 10).Length);
        Assert.Equal("ssss", Of("ssss").Canonical("ssss"));
    }

    [Fact]
    public void A_given_spelling_holds_whatever_people_type_and_ranks_by_its_use()
    {
        TagVocabulary vocabulary = Of("dogs", "dogs", "DOGS", "cat", "cat", "cow");
        foreach (string given in (string[])["Dog", "dogs", " Zebu\u200b", " "])
        {
            vocabulary.Give(given);
        }

        Assert.Equal([new("Dog", 3), new("cat", 2), new("cow", 1), new("Zebu", 0)], vocabulary.Suggest("", 10).AsEnumerable());
        Assert.Equal("dog", vocabulary.Canonical("Dogs"));
        Assert.Equal("dog", Of().Canonical("dog"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_index_finds_what_looking_at_every_tag_finds(int seed)
    {
        var random = new Random(seed);
        string Word(int most) => new([.. Enumerable.Range(0, random.Next(1, most)).Select(_ => (char)('a' + random.Next(3)))]);
        string[] used = [.. Enumerable.Range(0, random.Next(300)).Select(_ => Word(7))];
        TagSuggestions suggestions = Of(used).ToSuggestions();
        foreach (string typed in Enumerable.Range(0, 40).Select(_ => Word(6)).Append(""))
        {
            int most = random.Next(12);
            Assert.Equal(
                used.Where(word => word.StartsWith(typed, StringComparison.Ordinal)).CountBy(word => word)
                    .OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(most)
                    .Select(word => new TagSuggestion(word.Key, word.Value)),
                suggestions.Suggest(typed, most));
        }
    }

    [Fact]
    public void Suggestions_stay_as_they_were_when_more_is_added()
    {
        TagVocabulary vocabulary = Of("dog");
        TagSuggestions before = vocabulary.ToSuggestions();
        Assert.Same(before, vocabulary.ToSuggestions());
        vocabulary.Add("dog");
        Assert.Equal(1, Assert.Single(before.Suggest("d", 8)).Uses);
        Assert.Equal(2, Assert.Single(vocabulary.Suggest("d", 8)).Uses);
        Assert.Empty(TagSuggestions.None.Suggest("", 8));
    }

    private static TagVocabulary Of(params string[] tags)
    {
        var vocabulary = new TagVocabulary();
        foreach (string tag in tags)
        {
            vocabulary.Add(tag);
        }

        return vocabulary;
    }
}
