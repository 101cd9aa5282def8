using System.Text.Json;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Labeling;

/// <summary>
/// Reads one line of an import:
/// <c>{"id", "text"?, "image"?, "redundancy"?: n | {"min", "max", "confidence"}, "allow"?: [contributor, …]}</c>.
/// </summary>
internal static class TaskLine
{
    private const int MaxAllowed = 1000;

    /// <summary>The task, or a sentence that says what is wrong with the line.</summary>
    public static (TaskDefinition? Task, string? Problem) Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            var task = Read(ref reader);
            while (reader.Read())
            {
                throw new FormatException("the line holds more than one object");
            }

            return (task, null);
        }
        catch (JsonException)
        {
            return (null, "the line is not a JSON object");
        }
        catch (InvalidOperationException)
        {
            // What the reader says of text that is not Unicode.
            return (null, "the line holds text that is not UTF-8");
        }
        catch (FormatException reason)
        {
            return (null, reason.Message);
        }
    }

    private static TaskDefinition Read(ref Utf8JsonReader reader)
    {
        string? id = null, text = null, image = null;
        Redundancy? redundancy = null;
        ImmutableArray<string> allowed = [];
        Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "the line is not a JSON object");
        while (Property(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                id = Text(ref reader, "id", TaskDefinition.MaxSourceId);
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                text = Text(ref reader, "text", TaskDefinition.MaxText);
            }
            else if (reader.ValueTextEquals("image"u8))
            {
                image = Text(ref reader, "image", 64);
                Require(image is null || BlobStore.IsHash(image), "image is the hash of an uploaded picture, 64 hexadecimal digits");
            }
            else if (reader.ValueTextEquals("redundancy"u8))
            {
                redundancy = Redundancy(ref reader);
            }
            else if (reader.ValueTextEquals("allow"u8))
            {
                allowed = Allowed(ref reader);
            }
            else
            {
                throw new FormatException("the line has a field that is none of id, text, image, redundancy, allow");
            }
        }

        Require(!string.IsNullOrWhiteSpace(id), "id is missing");
        Require(!string.IsNullOrEmpty(text) || image is not null, "neither text nor image says what to label");
        return new TaskDefinition(id!, text, image, redundancy, allowed);
    }

    private static bool Property(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static string? Text(ref Utf8JsonReader reader, string name, int longest)
    {
        reader.Read();
        Require(reader.TokenType is JsonTokenType.String or JsonTokenType.Null, $"{name} is not a text");
        var text = reader.GetString();
        Require(text is null || text.Length <= longest, $"{name} is longer than {longest} characters");
        return text;
    }

    private static Redundancy? Redundancy(ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number:
                var answers = Number(ref reader);
                return new Redundancy(RedundancyKind.Fixed, answers, answers);
            default:
                return Dynamic(ref reader);
        }
    }

    private static Redundancy Dynamic(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.StartObject, "redundancy is neither a number nor an object");
        var house = new Redundancy();
        int least = house.Minimum, most = house.Maximum;
        var confidence = house.Confidence;
        while (Property(ref reader))
        {
            var (isLeast, isMost, isConfidence) = (reader.ValueTextEquals("min"u8), reader.ValueTextEquals("max"u8), reader.ValueTextEquals("confidence"u8));
            Require(isLeast || isMost || isConfidence, "redundancy has a field that is none of min, max, confidence");
            reader.Read();
            if (isConfidence)
            {
                Require(reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out confidence) && confidence is >= 0.5 and <= 1, "confidence is not 0.5 to 1");
            }
            else
            {
                (least, most) = isLeast ? (Number(ref reader), most) : (least, Number(ref reader));
            }
        }

        Require(least <= most, "redundancy asks for more answers at least than at most");
        return new Redundancy(RedundancyKind.Dynamic, least, most, confidence);
    }

    private static int Number(ref Utf8JsonReader reader)
    {
        Require(
            reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number is >= 1 and <= Contracts.Projects.Redundancy.Limit,
            $"redundancy is not 1 to {Contracts.Projects.Redundancy.Limit}");
        return reader.GetInt32();
    }

    private static ImmutableArray<string> Allowed(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }

        Require(reader.TokenType == JsonTokenType.StartArray, "allow is not a list");
        var allowed = ImmutableArray.CreateBuilder<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var contributor = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            Require(Keys.IsValid(contributor), "allow names somebody by what is not a key");
            Require(allowed.Count < MaxAllowed, $"allow names more than {MaxAllowed} contributors");
            allowed.Add(contributor!);
        }

        Require(allowed.Distinct(StringComparer.Ordinal).Count() == allowed.Count, "allow names somebody twice");
        return allowed.DrainToImmutable();
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new FormatException(problem);
        }
    }
}
