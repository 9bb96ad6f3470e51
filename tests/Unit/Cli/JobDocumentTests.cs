using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>docs/job.md against the schema: its table has every key, and no other.</summary>
public sealed class JobDocumentTests
{
    [Fact]
    public void EveryKeyOfTheSchema_HasARow()
    {
        HashSet<string> documented = Documented();
        Keys().Where(key => !documented.Contains(key)).ShouldBeEmpty();
    }

    [Fact]
    public void EveryRow_IsAKeyOfTheSchema()
    {
        HashSet<string> keys = [.. Keys()];
        Documented().Where(key => !keys.Contains(key)).ShouldBeEmpty();
    }

    private static HashSet<string> Documented()
    {
        string[] lines = File.ReadAllLines(Path.Combine(CliFixture.Root(), "docs", "job.md"));
        int head = Array.FindIndex(
            lines, line => line.StartsWith("| key |", StringComparison.Ordinal));
        return [.. lines.Skip(head + 2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('`')[1])];
    }

    private static List<string> Keys()
    {
        List<string> keys = [];
        Add(keys, "", JsonNode.Parse(JobSchema.Export())!.AsObject());
        return keys;
    }

    private static void Add(List<string> keys, string prefix, JsonObject schema)
    {
        foreach ((string name, JsonNode? value) in Properties(schema))
        {
            string key = prefix + name;
            JsonObject of = value!.AsObject();
            keys.Add(key);
            Add(keys, IsList(of) ? $"{key}[]." : $"{key}.", of);
        }
    }

    private static bool IsList(JsonObject schema) => schema["items"] is JsonObject
        || (schema["anyOf"] is JsonArray alternatives
            && alternatives.OfType<JsonObject>().Any(IsList));

    /// <summary>Of an object, of a list's items, or of the object among alternatives.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonObject schema)
    {
        if (schema["properties"] is JsonObject properties)
        {
            return properties;
        }

        if (schema["items"] is JsonObject items)
        {
            return Properties(items);
        }

        return schema["anyOf"] is JsonArray alternatives
            ? alternatives.OfType<JsonObject>().SelectMany(Properties)
            : [];
    }
}
