using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>JSON for people: indented, without needless escapes.</summary>
internal static class PrettyJson
{
    public static JsonSerializerOptions Options { get; } = Of(new JsonSerializerOptions());

    /// <summary>The same options otherwise.</summary>
    public static JsonSerializerOptions Of(JsonSerializerOptions options) => new(options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
