using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>JSON for people: indented, without needless escapes.</summary>
internal static class PrettyJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
