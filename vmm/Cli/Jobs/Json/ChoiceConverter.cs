using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dilaton.Cli;

/// <summary>Writes an enum's value as the word that a job has for it.</summary>
internal abstract class ChoiceConverter<T>(Choice<T> choice) : JsonConverter<T>
    where T : struct, Enum
{
    public IReadOnlyList<string> Words => choice.Words;

    public override T Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string word = reader.GetString() ?? "";
        return choice.TryParse(word, out T value)
            ? value
            : throw new JsonException($"'{word}' is not one of {string.Join(", ", choice.Words)}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(choice.WordOf(value));
}
