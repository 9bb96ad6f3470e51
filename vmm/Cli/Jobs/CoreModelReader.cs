using System.Numerics;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;

namespace Dilaton.Cli;

/// <summary>Reads `cores.model`, and checks what it asks of the rest of the job.</summary>
internal static class CoreModelReader
{
    private const int WidthMax = 16;

    private static readonly string[] s_intervalKeys = ["width", "window", "loadBuffer", "mshrs"];
    private static readonly string[] s_indirectKeys = ["indirectWays", "indirectPathLength"];
    private static readonly string[] s_branchKeys =
        ["branchEntries", "mispredictPenalty", "returnStack", "indirectSets", .. s_indirectKeys];

    public static CoreModelJob Read(MapReader map)
    {
        CoreModelKind kind = map.Word("kind", CoreModelKind.Inorder, JobChoices.CoreModel);
        CoreModelJob model = kind == CoreModelKind.Interval ? ReadInterval(map) : ReadInorder(map);
        CheckCpi(map, model.Cpi);
        model = ReadBranches(map, model);
        map.Done();
        return model;
    }

    private static CoreModelJob ReadInorder(MapReader map)
    {
        CoreModelJob standard = new();
        Refuse(map, s_intervalKeys, "only an out-of-order core has it", "set kind: interval");
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

    private static CoreModelJob ReadBranches(MapReader map, CoreModelJob model)
    {
        BranchPredictorChoice predictor =
            map.Word("branchPredictor", BranchPredictorChoice.None, JobChoices.BranchPredictor);
        if (predictor == BranchPredictorChoice.None)
        {
            Refuse(map, s_branchKeys, "only a branch predictor has it", "set branchPredictor: gshare");
            return model;
        }

        long entries = map.Integer(
            "branchEntries", CoreModelJob.BranchEntriesDefault, BranchPredictor.EntriesMin, BranchPredictor.EntriesMax);
        if (!BranchPredictor.IsEntries(entries))
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "branchEntries",
                $"{entries} is not a power of two",
                $"such as {BitOperations.RoundUpToPowerOf2((uint)entries)}");
        }

        model = ReadTargets(map, model);
        return model with
        {
            BranchPredictor = predictor,
            BranchEntries = (int)entries,
            MispredictPenalty = (int)map.Integer(
                "mispredictPenalty", CoreModelJob.MispredictPenaltyDefault, 1, BranchOptions.PenaltyCyclesMax),
        };
    }

    private static CoreModelJob ReadTargets(MapReader map, CoreModelJob model)
    {
        if (IsGiven(map, "returnStack"))
        {
            model = model with { ReturnStack = (int)map.Integer("returnStack", 0, 1, ReturnStack.EntriesMax) };
        }

        map.Take("returnStack");
        if (!IsGiven(map, "indirectSets"))
        {
            map.Take("indirectSets");
            Refuse(map, s_indirectKeys, "only a predictor of indirect branches has it", "set indirectSets: 256");
            return model;
        }

        long sets = map.Integer("indirectSets", 0, 1, IndirectPredictor.SetsMax);
        if (!BitOperations.IsPow2(sets))
        {
            map.Error(
                DiagnosticCode.OutOfRange, "indirectSets", $"{sets} is not a power of two",
                $"such as {BitOperations.RoundUpToPowerOf2((uint)sets)}");
        }

        return model with
        {
            IndirectSets = (int)sets,
            IndirectWays = (int)map.Integer(
                "indirectWays", CoreModelJob.IndirectWaysDefault, 1, IndirectPredictor.WaysMax),
            IndirectPathLength = (int)map.Integer(
                "indirectPathLength", CoreModelJob.IndirectPathLengthDefault, 0, IndirectPredictor.PathMax),
        };
    }

    private static bool IsGiven(MapReader map, string key) => map.Has(key) && !map.IsNull(key);

    private static void Refuse(MapReader map, string[] keys, string why, string help)
    {
        foreach (string key in keys)
        {
            if (map.Has(key) && !map.IsNull(key))
            {
                map.Error(DiagnosticCode.Inconsistent, key, why, help);
            }

            map.Take(key);
        }
    }

    /// <summary>An out-of-order core needs every access, a predicted branch something that sees it.</summary>
    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        JobNode at = (root as JobMap)?.Find("nodes")?.Value ?? root;
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            NodeJob node = job.Nodes[i];
            if (node.Cores.PredictsBranches())
            {
                CheckBranches(at, $"nodes[{i}].cores.model.branchPredictor", job, node, bag);
            }

            if (!node.Cores.HasInterval())
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

    private static void CheckBranches(JobNode at, string key, Job job, NodeJob node, DiagnosticBag bag)
    {
        if (!job.Events.Level.HasRecords() || (node.Memory.Caches.IsNone() && node.Memory.Peer is null))
        {
            bag.Error(
                DiagnosticCode.BranchUse,
                at,
                $"{key} needs caches or a peer that has them, and events.level full or filtered",
                "set events.level to full or filtered, describe caches, or set branchPredictor to none");
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
