using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Which paths of a job take whole numbers, by the job's schema.</summary>
internal static class WholePaths
{
    private static readonly Lazy<JsonDocument> s_schema = new(() => JsonDocument.Parse(SchemaCommand.Read("job")));

    /// <param name="path">As a sweep names it, such as cores.count or peers[0].timeout.</param>
    public static bool Has(string path)
    {
        string[] steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        JsonElement? at = s_schema.Value.RootElement;
        if (JobKeys.NodeShorthands.Contains(steps[0]))
        {
            at = Step(Step(at, "nodes"), "[0]");
        }

        foreach (string step in steps)
        {
            at = Step(at, step);
        }

        return Variants(at).Any(IsWhole);
    }

    private static JsonElement? Step(JsonElement? schema, string step)
    {
        foreach (JsonElement variant in Variants(schema))
        {
            bool isItem = step.StartsWith('[');
            if (isItem && variant.TryGetProperty("items", out JsonElement items))
            {
                return items;
            }

            if (!isItem && variant.TryGetProperty("properties", out JsonElement properties)
                && properties.TryGetProperty(step, out JsonElement property))
            {
                return property;
            }
        }

        return null;
    }

    /// <summary>The schema itself, or what it is one of.</summary>
    private static IEnumerable<JsonElement> Variants(JsonElement? schema)
    {
        if (schema is not { } own)
        {
            return [];
        }

        if (own.TryGetProperty("$ref", out JsonElement reference))
        {
            return Variants(Find(reference.GetString()!));
        }

        return own.TryGetProperty("anyOf", out JsonElement any)
            ? any.EnumerateArray().SelectMany(each => Variants(each))
            : [own];
    }

    /// <param name="pointer">"#/properties/...".</param>
    private static JsonElement? Find(string pointer)
    {
        JsonElement at = s_schema.Value.RootElement;
        foreach (string key in pointer.Split('/').Skip(1))
        {
            if (!at.TryGetProperty(key, out JsonElement next))
            {
                return null;
            }

            at = next;
        }

        return at;
    }

    private static bool IsWhole(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            return false;
        }

        string[] types = type.ValueKind == JsonValueKind.Array
            ? [.. type.EnumerateArray().Select(each => each.GetString()!)]
            : [type.GetString()!];
        return types.Contains("integer") && !types.Contains("number");
    }
}
