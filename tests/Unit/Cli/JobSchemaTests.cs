using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class JobSchemaTests
{
    [Theory]
    [InlineData(typeof(Job))]
    [InlineData(typeof(ResultDocument))]
    public void EveryProperty_IsDocumented(Type root)
    {
        foreach (Type record in Records(root))
        {
            record.GetCustomAttribute<DescriptionAttribute>().ShouldNotBeNull(record.Name);
            foreach (PropertyInfo property in Instance(record))
            {
                property.GetCustomAttribute<DescriptionAttribute>()
                    .ShouldNotBeNull($"{record.Name}.{property.Name}");
            }
        }
    }

    [Fact]
    public void Schema_HasEveryKeyWithDescriptionAndRefusesOthers()
    {
        JsonObject schema = JsonNode.Parse(JobSchema.Export())!.AsObject();

        schema["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        JsonObject cores = schema["properties"]!["nodes"]!["items"]!["properties"]!["cores"]!
            .AsObject();
        cores["properties"]!["frequency"]!["default"]!.GetValue<string>().ShouldBe("2GHz");
        cores["properties"]!["frequency"]!["pattern"]!.GetValue<string>().ShouldContain("GHz");
        cores["properties"]!["frequency"]!["description"].ShouldNotBeNull();
        cores["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public void ResolvedJob_ReadsBackAsTheSameJob()
    {
        string example = File.ReadAllText(
            Path.Combine(CliFixture.Root(), "docs", "examples", "first-light.yaml"));
        Job job = CliFixture.Good(example);
        string json = JsonSerializer.Serialize(job, JobJsonContext.Default.Job);

        Job again = CliFixture.Good(json);

        JsonSerializer.Serialize(again, JobJsonContext.Default.Job).ShouldBe(json);
    }

    [Fact]
    public void WrittenJob_IsWhatTheSerializerWrites()
    {
        Job job = CliFixture.Good(File.ReadAllText(
            Path.Combine(CliFixture.Root(), "docs", "examples", "first-light.yaml")));

        System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true))
            .ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
    }

    [Fact]
    public void Presets_AreThoseOfTheModels()
    {
        foreach (Dilaton.Models.Memory.MemoryPreset preset
            in Dilaton.Models.Memory.ModelCatalogue.Presets)
        {
            Job job = CliFixture.Good(CliFixture.Minimal, $"memory.preset={preset.Name}");
            MemoryJob memory = job.Nodes[0].Memory;

            JobMapping.Hierarchy(memory).ShouldBe(preset.Caches);
            JobMapping.Dram(memory).ShouldBe(preset.Dram);
        }
    }

    [Fact]
    public void KernelCosts_AreTheTypicalOnes()
    {
        Job job = CliFixture.Good(CliFixture.Minimal);
        Dilaton.Time.KernelCosts costs = JobMapping.Costs(job.Kernel);

        foreach (Core.KernelCostClass cost in Enum.GetValues<Core.KernelCostClass>())
        {
            costs.Base(cost).ShouldBe(Dilaton.Time.KernelCosts.Typical.Base(cost), $"{cost}");
        }

        costs.CopyBytesPerSecond.ShouldBe(
            Dilaton.Time.KernelCosts.Typical.CopyBytesPerSecond);
    }

    private static PropertyInfo[] Instance(Type record) => record.GetProperties(
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    private static HashSet<Type> Records(Type root)
    {
        HashSet<Type> found = [];
        Queue<Type> left = new([root]);
        while (left.TryDequeue(out Type? type))
        {
            if (type.Namespace == typeof(Job).Namespace && type.IsClass && found.Add(type))
            {
                foreach (PropertyInfo property in Instance(type))
                {
                    left.Enqueue(property.PropertyType);
                    foreach (Type argument in property.PropertyType.GetGenericArguments())
                    {
                        left.Enqueue(argument);
                    }
                }
            }
        }

        return found;
    }
}
