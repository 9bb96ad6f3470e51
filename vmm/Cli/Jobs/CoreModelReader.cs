using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>Reads `cores.model`, and checks what it asks of the rest of the job.</summary>
internal static class CoreModelReader
{
    private const int WidthMax = 16;

    private static readonly string[] s_intervalKeys = ["width", "window", "loadBuffer", "mshrs"];

    public static CoreModelJob Read(MapReader map)
    {
        CoreModelKind kind = map.Word("kind", CoreModelKind.Inorder, JobChoices.CoreModel);
        CoreModelJob model = kind == CoreModelKind.Interval ? ReadInterval(map) : ReadInorder(map);
        CheckCpi(map, model.Cpi);
        map.Done();
        return model;
    }

    private static CoreModelJob ReadInorder(MapReader map)
    {
        CoreModelJob standard = new();
        foreach (string key in s_intervalKeys)
        {
            if (map.Has(key) && !map.IsNull(key))
            {
                map.Error(DiagnosticCode.Inconsistent, key, "only an out-of-order core has it", "set kind: interval");
            }

            map.Take(key);
        }

        return new CoreModelJob
        {
            Cpi = map.Value<Ratio>("cpi", standard.Cpi, RatioText.TryParse),
            StoreBuffer = (int)map.Integer("storeBuffer", standard.StoreBuffer, 1, 1024),
        };
    }

    private static CoreModelJob ReadInterval(MapReader map)
    {
        CoreModelJob standard = CoreModelJob.OutOfOrder;
        int width = (int)map.Integer("width", standard.Width!.Value, 1, WidthMax);
        var least = new Ratio(1, (ulong)width);
        CoreModelJob model = new()
        {
            Kind = CoreModelKind.Interval,
            Cpi = map.Value<Ratio>("cpi", least, RatioText.TryParse),
            StoreBuffer = (int)map.Integer("storeBuffer", standard.StoreBuffer, 1, 1024),
            Width = width,
            Window = (int)map.Integer("window", standard.Window!.Value, 1, OutOfOrderOptions.WindowMax),
            LoadBuffer = (int)map.Integer(
                "loadBuffer", standard.LoadBuffer!.Value, 1, OutOfOrderOptions.EntriesMax),
            Mshrs = (int)map.Integer("mshrs", standard.Mshrs!.Value, 1, OutOfOrderOptions.EntriesMax),
        };
        if ((UInt128)model.Cpi.Numerator * (ulong)width < model.Cpi.Denominator)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "cpi",
                $"{RatioText.Format(model.Cpi)} is below 1/width, {RatioText.Format(least)}",
                "a core of this width takes no less; give a larger width");
        }

        return model;
    }

    /// <summary>An out-of-order core needs every access.</summary>
    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        JobNode at = (root as JobMap)?.Find("nodes")?.Value ?? root;
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            NodeJob node = job.Nodes[i];
            if (node.Cores.Model.Kind != CoreModelKind.Interval)
            {
                continue;
            }

            string key = $"nodes[{i}].cores.model.kind: interval";
            if (job.Events.Level == MemoryEventLevel.Filtered)
            {
                bag.Error(
                    DiagnosticCode.IntervalLevel,
                    at,
                    $"{key} needs every access, as chains of loads go through hits that events.level: filtered "
                        + "leaves out",
                    "set events.level to full, or kind to inorder");
            }
        }
    }

    private static void CheckCpi(MapReader map, Ratio cpi)
    {
        if (cpi.Numerator == 0 || cpi.Numerator > (UInt128)cpi.Denominator * 100
            || cpi.Numerator > 10_000 || cpi.Denominator > 10_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "cpi",
                $"{RatioText.Format(cpi)} is out of range (above 0, at most 100, as a quotient of "
                    + "whole numbers up to 10000)");
        }
    }
}
