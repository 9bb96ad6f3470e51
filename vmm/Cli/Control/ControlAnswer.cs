using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>What a running job answers, as one line of JSON: docs/howto/control.md.</summary>
internal static class ControlAnswer
{
    /// <param name="text">For people, one line.</param>
    /// <param name="more">Writes further properties.</param>
    public static string Done(string text, Action<Utf8JsonWriter>? more = null) => Write(json =>
    {
        json.WriteBoolean("ok", true);
        json.WriteString("text", text);
        more?.Invoke(json);
    });

    public static string Refused(DiagnosticCode code, string error, string help = "") =>
        Write(json =>
        {
            json.WriteBoolean("ok", false);
            json.WriteNumber("code", (int)code);
            json.WriteString("error", error);
            json.WriteString("help", help);
        });

    /// <summary>Of the first of the mistakes.</summary>
    public static string Refused(DiagnosticBag bag)
    {
        Diagnostic first = bag.Items[0];
        return Refused(first.Code, first.Message, first.Help);
    }

    private static string Write(Action<Utf8JsonWriter> properties)
    {
        using MemoryStream stream = new();
        JsonWriterOptions options = new()
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (Utf8JsonWriter json = new(stream, options))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }
}
