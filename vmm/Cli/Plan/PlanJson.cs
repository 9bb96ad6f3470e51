using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>A plan for programs.</summary>
internal static class PlanJson
{
    public static string Of(RunPlan plan, string name)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("schema", "dilaton-plan/v1");
            json.WriteString("name", name);
            json.WriteNumber("slowdown", plan.Slowdown);
            Number(json, "slowdownFirstHalf", plan.Slowest.First?.Slowdown);
            Number(json, "slowdownSecondHalf", plan.Slowest.Second?.Slowdown);
            Number(json, "spread", plan.Spread);
            json.WriteString("slowestNode", plan.Slowest.Name);
            json.WriteString("limitedBy", plan.Binding.Resource);
            json.WriteStartObject("shares");
            foreach (PlanShare share in plan.Shares)
            {
                json.WriteNumber(share.Resource, share.Part);
            }

            json.WriteEndObject();
            WriteBasis(json, plan);
            Number(json, "smallestTdf", plan.SmallestTdf);
            json.WriteString("smallestTdfReason", plan.TdfReason);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length)
            + "\n";
    }

    private static void WriteBasis(Utf8JsonWriter json, RunPlan plan)
    {
        PlanMeasurement basis = plan.Basis;
        PlanSpan whole = plan.Slowest.Whole;
        json.WriteStartObject("measured");
        json.WriteNumber("nodes", basis.Nodes.Count);
        json.WriteNumber("hostSeconds", whole.HostSeconds);
        json.WriteNumber("virtualSeconds", whole.VirtualSeconds);
        json.WriteNumber("instructions", whole.Instructions);
        json.WriteBoolean("wholeJob", plan.IsWhole);
        json.WriteNumber("hostProcessors", basis.HostProcessors);
        json.WriteNumber("processorUse", plan.ProcessorUse);
        json.WriteNumber("frames", basis.Frames);
        json.WriteNumber("rounds", basis.Rounds);
        json.WriteNumber("networkVirtualSeconds", basis.NetworkVirtualSeconds);
        json.WriteStartArray("failedGuests");
        foreach (string failed in basis.FailedGuests)
        {
            json.WriteStringValue(failed);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("memory");
        json.WriteNumber("neededBytes", basis.NeededBytes);
        json.WriteNumber("usedBytes", basis.UsedBytes);
        json.WriteNumber("hostBytes", basis.HostBytes);
        json.WriteNumber("freeBytes", basis.FreeBytes);
        json.WriteBoolean("fits", plan.HasRoom);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
