using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dilaton.Cli;

/// <summary>result.json.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true)]
[JsonSerializable(typeof(ResultDocument))]
internal sealed partial class ResultJsonContext : JsonSerializerContext
{
    /// <summary>For people: without needless escapes.</summary>
    public static ResultJsonContext Readable => field ??= new(PrettyJson.Of(Default.Options));
}
