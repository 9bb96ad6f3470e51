using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>Reads `cores`, and checks what cores that are not alike ask of the rest of the job.</summary>
internal static class CoresReader
{
    private const ulong HertzMin = 1_000_000;

    public static CoresJob Read(MapReader map)
    {
        CoresJob standard = new();
        CoresJob cores = new()
        {
            Count = (int)map.Integer("count", standard.Count, 1, CoresJob.CountMax),
            Frequency = map.Value<Frequency>(
                "frequency", standard.Frequency, Quantity.TryParseFrequency),
            Rates = map.Word("rates", standard.Rates, JobChoices.Rates),
            Share = DilationReader.ReadShare(map),
            Model = CoreModelReader.Read(map.Section("model")),
        };
        if (cores.Frequency.Hertz is < HertzMin or > 100_000_000_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "frequency",
                $"{cores.Frequency} is out of range (1MHz to 100GHz)");
        }

        cores = ReadKinds(map, cores);
        map.Done();
        return cores;
    }

    /// <summary>A node whose cores are not alike can't have everything.</summary>
    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            NodeJob node = job.Nodes[i];
            if (node.Cores.Kinds.Count == 0)
            {
                continue;
            }

            foreach ((string what, string help) in Unfit(job, node))
            {
                bag.Error(DiagnosticCode.CoreKinds, KindsAt(root, i), $"nodes[{i}].cores.kinds: {what}", help);
            }

            CheckCaches(KindsAt(root, i), i, node, bag);
        }
    }

    private static void CheckCaches(JobNode at, int node, NodeJob job, DiagnosticBag bag)
    {
        for (int k = 0; k < job.Cores.Kinds.Count; k++)
        {
            if (job.Cores.Kinds[k].Caches is not { } own)
            {
                continue;
            }

            JobNode kind = at is JobList kinds && k < kinds.Items.Count ? kinds.Items[k] : at;
            JobMap? caches = (kind as JobMap)?.Find("caches")?.Value as JobMap;
            foreach ((string key, string what, string help) in KindCachesReader.Problems(job.Memory, own))
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    caches?.Find(key)?.Value ?? kind,
                    $"nodes[{node}].cores.kinds[{k}].caches.{key}: {what}",
                    help);
            }
        }
    }

    private static JobNode KindsAt(JobNode root, int index)
    {
        if ((root as JobMap)?.Find("nodes")?.Value is not JobList nodes || index >= nodes.Items.Count)
        {
            return root;
        }

        JobNode node = nodes.Items[index];
        return ((node as JobMap)?.Find("cores")?.Value as JobMap)?.Find("kinds")?.Value ?? node;
    }

    private static CoresJob ReadKinds(MapReader map, CoresJob cores)
    {
        List<CoreKindJob> kinds = [.. map.Maps("kinds").Select(kind => ReadKind(kind, cores))];
        if (kinds.Count == 0)
        {
            return cores;
        }

        int count = kinds.Sum(kind => kind.Count);
        if (count > CoresJob.CountMax)
        {
            map.Error(DiagnosticCode.OutOfRange, "kinds", $"{count} cores in all (1 to {CoresJob.CountMax})");
        }
        else if (map.Has("count") && count != cores.Count)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "count",
                $"{cores.Count} cores, and kinds has {count} in all",
                "leave count out");
        }

        if (!kinds.Exists(kind => kind.Speed.Equals(Ratio.One)))
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "kinds",
                "no kind has speed 1, and speeds are of the fastest core",
                "give one speed: 1, and frequency as its clock rate");
        }

        return cores with { Count = count, Kinds = kinds };
    }

    private static CoreKindJob ReadKind(MapReader map, CoresJob cores)
    {
        CoreKindJob kind = new()
        {
            Count = (int)map.Integer("count", 1, 1, CoresJob.CountMax),
            Speed = map.Value<Ratio>("speed", Ratio.One, RatioText.TryParse),
            Model = map.Has("model") ? CoreModelReader.Read(map.Section("model")) : cores.Model,
            Caches = KindCachesReader.Read(map),
        };
        map.Take("model");
        if (kind.Speed.Numerator == 0 || kind.Speed.Numerator > kind.Speed.Denominator
            || kind.Speed.Denominator > CoreOptions.SpeedTermMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "speed",
                $"{RatioText.Format(kind.Speed)} is out of range (1/{CoreOptions.SpeedTermMax} to 1)");
            kind = kind with { Speed = Ratio.One };
        }
        else if (kind.Speed.ScaleDown(cores.Frequency.Hertz) < HertzMin)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "speed",
                $"{RatioText.Format(kind.Speed)} of {cores.Frequency} is below 1MHz");
        }

        map.Done();
        return kind;
    }

    private static IEnumerable<(string What, string Help)> Unfit(Job job, NodeJob node)
    {
        if (node.Engine == EngineChoice.Kvm)
        {
            yield return node.Guest.System is null
                ? (
                    "kvm measures how long guest code runs on the host's cores",
                    "leave it out, or give engine: translator")
                : ("no core of a system guest is modelled", "guest.system.speeds says how fast each is");
        }

        if (node.Memory.Peer is { } peer)
        {
            yield return (
                $"the peer '{peer}' (memory.peer) is told one clock and one core model for all cores",
                "leave memory.peer or kinds out");
        }

        if (node.Memory.Windows.FirstOrDefault(window => window.Peer is not null) is { } window)
        {
            yield return (
                $"the peer '{window.Peer}' of window '{window.Name}' is told one clock for all cores",
                "leave the window's peer or kinds out");
        }

        if (job.Events.Level == MemoryEventLevel.Sampled)
        {
            yield return (
                "events.level: sampled estimates all cores' stall from the windows of all, so they must be alike",
                "set events.level to filtered or full, or leave kinds out");
        }

        if (node.Profile is not { By: ProfileChoice.None, Timeline: false })
        {
            yield return (
                "profile adds up cycles of all cores, and theirs differ", "leave profile or kinds out");
        }
    }
}
