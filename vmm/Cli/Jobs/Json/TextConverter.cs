using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dilaton.Cli;

/// <summary>Writes a value as the text that a job has for it, and reads it back.</summary>
internal abstract class TextConverter<T> : JsonConverter<T>
    where T : struct
{
    protected abstract bool TryParse(string text, out T value, out string? why);

    protected abstract string Format(T value);

    public override T Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? "";
        return TryParse(text, out T value, out string? why)
            ? value
            : throw new JsonException(why);
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Format(value));
}
