using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Reads JSON that Dilaton itself wrote into the nodes that the binder takes.</summary>
internal static class JsonTree
{
    private static readonly SourceText s_source = new("job.resolved.json", "");

    public static JobNode Read(byte[] utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        return Convert(document.RootElement);
    }

    private static JobNode Convert(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                JobMap map = new(s_source, SourceMark.Start, 1);
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    map.Entries.Add(new JobEntry(
                        Scalar(property.Name, true), Convert(property.Value)));
                }

                return map;
            case JsonValueKind.Array:
                JobList list = new(s_source, SourceMark.Start, 1);
                foreach (JsonElement item in element.EnumerateArray())
                {
                    list.Items.Add(Convert(item));
                }

                return list;
            case JsonValueKind.String:
                return Scalar(element.GetString()!, true);
            default:
                return Scalar(element.GetRawText(), false);
        }
    }

    private static JobScalar Scalar(string text, bool isQuoted) =>
        new(s_source, SourceMark.Start, 1, text, isQuoted);
}
