using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Dilaton.Core;
using Dilaton.Models.Disk;
using Dilaton.Models.Memory;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>`dilaton models [NAME]`.</summary>
internal static class ModelsCommand
{
    private static IEnumerable<ModelDescription> Models =>
        ModelCatalogue.All.Concat(NetworkCatalogue.All).Concat(DiskCatalogue.All);

    public static Command Build()
    {
        Argument<string?> name = new("NAME")
        {
            Description = "One model or preset.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("models", "List models and presets with their parameters.");
        command.Add(name);
        command.Add(json);
        command.SetAction(parsed => Show(parsed.GetValue(name), parsed.GetValue(json)));
        return command;
    }

    private static int Show(string? name, bool json)
    {
        List<ModelDescription> models =
            [.. Models.Where(m => name is null || m.Name == name)];
        List<MemoryPreset> presets =
            [.. ModelCatalogue.Presets.Where(p => name is null || p.Name == name)];
        if (models.Count + presets.Count == 0)
        {
            DiagnosticBag bag = new();
            List<string> names =
            [
                .. Models.Select(m => m.Name),
                .. ModelCatalogue.Presets.Select(p => p.Name),
            ];
            bag.Error(
                DiagnosticCode.BadOption, $"{name}: no such model", Spelling.Help(name!, names));
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        Console.Out.Write(json ? Json(models, presets) : Text(models, presets));
        return ExitCode.Ok;
    }

    private static string Text(List<ModelDescription> models, List<MemoryPreset> presets)
    {
        StringBuilder text = new();
        foreach (ModelDescription model in models)
        {
            text.Append($"{model.Name}\n  {model.Summary}\n  source: {model.Source}\n");
            foreach (ModelParameter parameter in model.Parameters)
            {
                string unit = parameter.Unit.Length > 0 ? $" [{parameter.Unit}]" : "";
                text.Append($"  {parameter.Name,-23} {parameter.Default,-16} "
                    + $"{parameter.Description}{unit}; {parameter.Range}\n");
            }

            foreach (string limit in model.Limits)
            {
                text.Append($"  limit: {limit}\n");
            }

            text.Append('\n');
        }

        foreach (MemoryPreset preset in presets)
        {
            text.Append($"preset {preset.Name} (memory.preset)\n  {preset.Summary}\n"
                + $"  source: {preset.Source}\n\n");
        }

        return text.ToString();
    }

    private static string Json(List<ModelDescription> models, List<MemoryPreset> presets)
    {
        JsonArray list = [];
        foreach (ModelDescription model in models)
        {
            JsonArray parameters = [];
            foreach (ModelParameter parameter in model.Parameters)
            {
                parameters.Add((JsonNode)new JsonObject
                {
                    ["name"] = parameter.Name,
                    ["unit"] = parameter.Unit,
                    ["default"] = parameter.Default,
                    ["range"] = parameter.Range,
                    ["description"] = parameter.Description,
                });
            }

            list.Add((JsonNode)new JsonObject
            {
                ["name"] = model.Name,
                ["summary"] = model.Summary,
                ["source"] = model.Source,
                ["parameters"] = parameters,
                ["limits"] = new JsonArray([.. model.Limits.Select(l => (JsonNode)l)]),
            });
        }

        JsonArray named = [];
        foreach (MemoryPreset preset in presets)
        {
            named.Add((JsonNode)new JsonObject
            {
                ["name"] = preset.Name,
                ["summary"] = preset.Summary,
                ["source"] = preset.Source,
            });
        }

        JsonObject root = new() { ["models"] = list, ["presets"] = named };
        return root.ToJsonString(PrettyJson.Options) + "\n";
    }
}
