using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Dilaton.Cli;

namespace Dilaton.Tests.Unit;

/// <summary>Makes docs/validation.schema.json, from the records that are the accuracy card.</summary>
internal static class ValidationSchema
{
    public static string Export()
    {
        JsonNode schema = ValidationJsonContext.Default.Options.GetJsonSchemaAsNode(
            typeof(ValidationDocument),
            new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe });
        JsonObject root = schema.AsObject();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "Dilaton accuracy card");
        return root.ToJsonString(PrettyJson.Options) + "\n";
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        ICustomAttributeProvider provider = context.PropertyInfo?.AttributeProvider ?? context.TypeInfo.Type;
        if (schema is JsonObject node
            && provider.GetCustomAttributes(typeof(DescriptionAttribute), true) is [DescriptionAttribute given])
        {
            node["description"] = given.Description;
        }

        return schema;
    }
}
