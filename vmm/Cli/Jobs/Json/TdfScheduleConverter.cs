using System.Text.Json;
using System.Text.Json.Serialization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>One factor as text; several as a list of steps.</summary>
internal sealed class TdfScheduleConverter : JsonConverter<TdfSchedule>
{
    public override TdfSchedule Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException("a job is read by its binder");

    public override void Write(
        Utf8JsonWriter writer, TdfSchedule value, JsonSerializerOptions options) =>
        WriteTo(writer, value);

    public static void WriteTo(Utf8JsonWriter writer, TdfSchedule value)
    {
        if (value.IsConstant)
        {
            writer.WriteStringValue(RatioText.Format(value.First));
            return;
        }

        writer.WriteStartArray();
        foreach (TdfStep step in value.Steps)
        {
            writer.WriteStartObject();
            writer.WriteString("from", step.From.ToString());
            writer.WriteString("factor", RatioText.Format(step.Factor));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
