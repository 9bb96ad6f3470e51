using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dilaton.Cli;

/// <summary>validation.json.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ValidationDocument))]
internal sealed partial class ValidationJsonContext : JsonSerializerContext
{
    /// <summary>For people: without needless escapes.</summary>
    public static ValidationJsonContext Readable => field ??= new(PrettyJson.Of(Default.Options));
}
