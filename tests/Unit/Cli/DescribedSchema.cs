using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Dilaton.Cli;

namespace Dilaton.Tests.Unit;

/// <summary>Makes the schema of what Dilaton writes, from its records and their descriptions.</summary>
internal static class DescribedSchema
{
    public static string OfResult() =>
        Export(typeof(ResultDocument), ResultJsonContext.Default.Options, "Dilaton result");

    public static string OfValidation() =>
        Export(typeof(ValidationDocument), ValidationJsonContext.Default.Options, "Dilaton accuracy card");

    private static string Export(Type type, JsonSerializerOptions options, string title)
    {
        JsonObject root = options.GetJsonSchemaAsNode(
            type,
            new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe })
            .AsObject();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", title);
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
