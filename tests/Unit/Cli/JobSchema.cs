using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Dilaton.Cli;
using Dilaton.Core;

namespace Dilaton.Tests.Unit;

/// <summary>Makes docs/job.schema.json, from the records that are the job.
/// </summary>
internal static class JobSchema
{
    private const string Number = @"^\s*[0-9]+(\.[0-9]+)?\s*";

    public static string Export()
    {
        JsonSchemaExporterOptions options = new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = Transform,
        };
        JsonNode schema = JobJsonContext.Default.Options.GetJsonSchemaAsNode(typeof(Job), options);
        JsonObject root = schema.AsObject();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "Dilaton job");
        root["properties"]!["apiVersion"]!["const"] = Job.Version;
        AllowKernelWord(root);
        return root.ToJsonString(PrettyJson.Options) + "\n";
    }

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        JsonObject node = schema as JsonObject ?? [];
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        bool nullable = type != context.TypeInfo.Type;
        Describe(node, type, nullable);
        if (type == typeof(CacheJob))
        {
            // A level may be left out by a word, since "null" reads oddly in a file.
            node = new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    node.DeepClone(), new JsonObject { ["enum"] = new JsonArray("none") }),
            };
        }

        if (context.PropertyInfo is { } property)
        {
            ICustomAttributeProvider? provider = property.AttributeProvider;
            object[] attributes = provider?.GetCustomAttributes(typeof(DescriptionAttribute), true)
                ?? [];
            if (attributes.Length == 1)
            {
                node["description"] = ((DescriptionAttribute)attributes[0]).Description;
            }

            AddDefault(node, property);
        }
        else if (type.GetCustomAttribute<DescriptionAttribute>() is { } own)
        {
            node["description"] = own.Description;
        }

        return node;
    }

    private static void Describe(JsonObject node, Type type, bool nullable)
    {
        string? pattern = PatternOf(type);
        if (pattern is not null)
        {
            node["type"] = nullable ? new JsonArray("string", "null") : "string";
            node["pattern"] = pattern;
        }
        else if (type == typeof(Ratio))
        {
            node["type"] = new JsonArray("string", "number");
        }
        else if (type == typeof(TdfSchedule))
        {
            node["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = new JsonArray("string", "number") },
                new JsonObject { ["type"] = "array", ["items"] = Step() });
        }
        else if (type.IsEnum)
        {
            node["enum"] = new JsonArray([.. WordsOf(type).Select(word => (JsonNode)word)]);
        }
        else if (type == typeof(int) || type == typeof(long))
        {
            node["type"] = nullable ? new JsonArray("integer", "null") : "integer";
        }
        else if (type == typeof(SweepValue))
        {
            // Whatever the path takes, or a range of it.
            node.Clear();
        }
        else if (type.Namespace == typeof(Job).Namespace && type.IsClass)
        {
            node["additionalProperties"] = false;
        }
    }

    private static JsonObject Step() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["from"] = new JsonObject
            {
                ["type"] = "string",
                ["pattern"] = PatternOf(typeof(VirtualDuration)),
            },
            ["factor"] = new JsonObject { ["type"] = new JsonArray("string", "number") },
        },
        ["required"] = new JsonArray("from", "factor"),
        ["additionalProperties"] = false,
    };

    private static string? PatternOf(Type type)
    {
        if (type == typeof(Feedback))
        {
            return @"^\s*(lockstep|pipelined +[1-8])\s*$";
        }

        string? units = type switch
        {
            _ when type == typeof(VirtualDuration) => "(ps|ns|us|µs|ms|s|min|m|h)",
            _ when type == typeof(Frequency) => "(Hz|kHz|KHz|MHz|GHz)",
            _ when type == typeof(ByteSize) => "(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)",
            _ when type == typeof(Bandwidth) =>
                "(bps|kbps|Mbps|Gbps|Tbps|B/s|kB/s|MB/s|GB/s|TB/s|KiB/s|MiB/s|GiB/s)",
            _ when type == typeof(CycleCount) => "(cycle|cycles)",
            _ when type == typeof(Latency) => "(cycle|cycles|ps|ns|us|µs|ms|s|min|m|h)",
            _ => null,
        };
        return units is not null ? $@"{Number}{units}\s*$"
            : type == typeof(PhysicalAddress) ? PhysicalAddress.Pattern
            : type == typeof(Percent) ? Percent.Pattern
            : null;
    }

    private static IReadOnlyList<string> WordsOf(Type type)
    {
        object converter = JobJsonContext.Default.Options.GetConverter(type);
        PropertyInfo words = converter.GetType().GetProperty("Words")!;
        return (IReadOnlyList<string>)words.GetValue(converter)!;
    }

    private static void AddDefault(
        JsonObject node, System.Text.Json.Serialization.Metadata.JsonPropertyInfo property)
    {
        if (property.IsRequired || property.DeclaringType.GetConstructor(Type.EmptyTypes) is null)
        {
            return;
        }

        object standard = Activator.CreateInstance(property.DeclaringType)!;
        object? value = property.Get!(standard);
        bool leaf = property.PropertyType.Namespace != typeof(Job).Namespace
            || property.PropertyType.IsValueType
            || property.PropertyType == typeof(CacheJob)
            || property.PropertyType == typeof(TdfSchedule);
        if (leaf)
        {
            node["default"] = JsonSerializer.SerializeToNode(
                value, JobJsonContext.Default.Options.GetTypeInfo(property.PropertyType));
        }
    }

    private static void AllowKernelWord(JsonObject root)
    {
        JsonObject properties = root["properties"]!.AsObject();
        JsonNode kernel = properties["kernel"]!.DeepClone();
        string description = kernel["description"]!.GetValue<string>();
        properties["kernel"] = new JsonObject
        {
            ["description"] = description,
            ["anyOf"] = new JsonArray(
                kernel, new JsonObject { ["enum"] = new JsonArray("costs", "ideal") }),
        };
    }
}
