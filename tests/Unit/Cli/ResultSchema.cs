using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Dilaton.Cli;

namespace Dilaton.Tests.Unit;

/// <summary>Makes docs/result.schema.json, from the records that are the result.
/// </summary>
internal static class ResultSchema
{
    public static string Export()
    {
        JsonSchemaExporterOptions options = new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = Describe,
        };
        JsonNode schema = ResultJsonContext.Default.Options.GetJsonSchemaAsNode(
            typeof(ResultDocument), options);
        JsonObject root = schema.AsObject();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "Dilaton result");
        return root.ToJsonString(PrettyJson.Options) + "\n";
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject node)
        {
            return schema;
        }

        ICustomAttributeProvider? provider =
            context.PropertyInfo?.AttributeProvider ?? context.TypeInfo.Type;
        object[] attributes = provider.GetCustomAttributes(typeof(DescriptionAttribute), true);
        if (attributes.Length == 1)
        {
            node["description"] = ((DescriptionAttribute)attributes[0]).Description;
        }

        return node;
    }
}
