using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What a run came to, as an aligned table in the manner of `perf stat`.</summary>
internal sealed class Summary
{
    private const int LabelWidth = 22;
    private const int ValueWidth = 16;

    /// <summary>Head and ten functions.</summary>
    private const int ProfileLinesMax = 13;

    private static readonly (string Key, string Name)[] s_stalls =
    [
        ("l1", "L1 hits"), ("fetch", "L1I misses"), ("l2", "L2"), ("l3", "L3, other cores"),
        ("memory", "memory"), ("storeBuffer", "store buffer"), ("tlb", "translation"),
        ("window", "windows"), ("estimated", "estimated"),
    ];

    private readonly StringBuilder _text = new();
    private readonly RunRecord _run;
    private readonly NodeRecord _first;
    private readonly string _node;
    private readonly Dictionary<string, Statistic> _statistics = new(StringComparer.Ordinal);

    private Summary(RunRecord run)
    {
        _run = run;
        _first = run.Nodes[0];
        _node = _first.Node.Name;
        foreach (Statistic item in _first.Statistics)
        {
            _statistics[item.Name] = item;
        }
    }

    public static string Of(RunRecord run, RunVerdict verdict, HostFigures host, string folder)
    {
        Summary summary = new(run);
        summary._text.Append('\n').Append(CultureInfo.InvariantCulture,
            $"dilaton: {run.Job.Name}: {verdict.Reason}\n\n");
        if (!run.IsAlone)
        {
            NodeTable.Append(summary._text, run, verdict);
            summary.AppendHost(host);
            summary.AppendNotes();
        }
        else if (run.Nodes[0].HasStarted)
        {
            summary.AppendTime();
            summary.AppendMemory();
            summary.AppendSampled();
            summary.AppendHost(host);
            summary.AppendNotes();
            summary.AppendProfile(folder);
        }

        summary._text.Append(CultureInfo.InvariantCulture, $"  results: {folder}\n");
        return summary._text.ToString();
    }

    private void AppendTime()
    {
        CoresJob cores = _first.Node.Cores;
        Row("virtual time", ProgressLine.Short(_run.TimePs), "");
        double executed = Cycles("executed");
        double stall = Cycles("stall");
        double kernel = Cycles("kernel");
        double waiting = Cycles("waiting");
        double total = executed + stall + kernel + waiting;
        string each = _run.Instructions > 0 && executed + stall > 0
            ? $"{ProgressLine.Number((executed + stall) / _run.Instructions)} CPI, "
                + $"{ProgressLine.Number(_run.Instructions / (executed + stall))} IPC "
                + "(executed + stall)"
            : "";
        bool isMeasured = _first.Node.Engine == EngineChoice.Kvm;
        if (isMeasured)
        {
            Row("instructions", "-", "not counted (engine: kvm)");
        }
        else
        {
            Row("instructions", Grouped(_run.Instructions), each);
            AppendKinds();
        }

        if (total <= 0)
        {
            return;
        }

        string many = cores.Count == 1 ? "1 core" : $"{cores.Count} cores";
        string clock = cores.Kinds.Count == 0 ? $"at {cores.Frequency}" : "at each one's own frequency";
        Row("cycles", Grouped(total), isMeasured
            ? $"{many}; a cycle is 1 ns of run time"
            : $"{many} {clock}");
        Row("  executed", Grouped(executed), $"{Percent(executed, total)}  "
            + (isMeasured ? "measured run time" : "instructions x CPI"));
        Row("  stall", Grouped(stall), $"{Percent(stall, total)}  memory");
        foreach ((string key, string name) in s_stalls)
        {
            double part = Cycles($"stall.{key}");
            if (part > 0)
            {
                Row($"    {name}", Grouped(part), Percent(part, total));
            }
        }

        Row("  kernel", Grouped(kernel), $"{Percent(kernel, total)}  system calls, faults, copies");
        Row("  waiting", Grouped(waiting), $"{Percent(waiting, total)}  idle");
        if (CpiStack.Of(name => Cycles(name["cycles.".Length..]), Node) is { } stack)
        {
            Row("limited by", "", stack.Words);
        }
    }

    /// <summary>Of cores that are not alike.</summary>
    private void AppendKinds()
    {
        foreach (CoreKindDocument kind in CoreKindDocument.Of(_first))
        {
            string who = kind.Count == 1 ? $"vcpu{kind.First}" : $"vcpu{kind.First} to {kind.First + kind.Count - 1}";
            Row($"  of {who}", Grouped(kind.Instructions),
                $"{Percent(kind.Instructions, _run.Instructions)}  {kind.Model} at {new Frequency(kind.FrequencyHz)}");
        }
    }

    private void AppendMemory()
    {
        foreach (string level in new[] { "l1i", "l1d", "l2", "l3" })
        {
            double misses = Caches(level, "overallMisses");
            double accesses = Caches(level, "overallAccesses");
            if (accesses > 0)
            {
                Row(
                    $"{level} misses",
                    Grouped(misses),
                    $"{Percent(misses, accesses)}  of {Grouped(accesses)} accesses");
            }
        }

        double reads = Sum(name => name == $"{_node}.dram.reads");
        double writes = Sum(name => name == $"{_node}.dram.writes");
        if (reads + writes > 0)
        {
            Row("memory lines", Grouped(reads + writes), $"{Grouped(writes)} written back");
        }
    }

    private void AppendSampled()
    {
        foreach (EstimateDocument each in Estimates.Of(_first))
        {
            if (each.Name is "cpi" or "accesses" or "vcpu0.cpi" or "vcpu0.cycles"
                || each.Name.EndsWith(".missRatio", StringComparison.Ordinal))
            {
                string ends = each is { Low: { } low, High: { } high }
                    ? $"95 %: {Short(low)} to {Short(high)}"
                    : "too few windows to say how far off";
                string warm = each is { WarmLow: { } least, WarmHigh: { } most }
                    ? $"; with cold caches: {Short(least)} to {Short(most)}"
                    : "";
                Row($"~{each.Name}", Short(each.Mean), $"estimate of windows, {ends}{warm}");
            }
        }
    }

    /// <summary>Ratios are often small.</summary>
    private static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private void AppendHost(HostFigures host)
    {
        Row(
            "host CPU time",
            string.Create(CultureInfo.InvariantCulture, $"{host.CpuSeconds:0.000} s"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{host.WallSeconds:0.000} s wall, {host.PeakMemoryBytes >> 20} MiB at most"));
        if (host.PeerCpuSeconds is { } peers && host.PeerWaitSeconds is { } wait)
        {
            Row(
                "  of the peers",
                string.Create(CultureInfo.InvariantCulture, $"{peers:0.000} s"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Percent(wait, host.WallSeconds)}  of the wall time waiting for them"));
        }

        Row(
            "speed",
            $"{ProgressLine.Number(host.Mips)} MIPS",
            $"slowdown {ProgressLine.Number(host.Slowdown)} (host time / virtual time)");
    }

    private void AppendNotes()
    {
        _text.Append('\n');
        foreach (string note in NodeNotes.Merge(
            _run, node => AccuracyNotes.Exact(_run.Job, node.Node)))
        {
            _text.Append("  exact:    ").Append(note).Append('\n');
        }

        foreach (string note in NodeNotes.Merge(
            _run, node => AccuracyNotes.Estimates(_run.Job, node.Node)))
        {
            _text.Append("  estimate: ").Append(note).Append('\n');
        }
    }

    /// <summary>What took the most of it.</summary>
    private void AppendProfile(string folder)
    {
        string path = Path.Combine(folder, ResultFolder.StateFolder, _node, ProfileFiles.TextName);
        if (_first.Node.Profile.By == ProfileChoice.None || !File.Exists(path))
        {
            return;
        }

        _text.Append('\n');
        foreach (string line in File.ReadLines(path).Take(ProfileLinesMax))
        {
            _text.Append(line).Append('\n');
        }

        _text.Append(CultureInfo.InvariantCulture, $"  all of it: {path}\n\n");
    }

    private void Row(string label, string value, string remark)
    {
        string line = $"  {label.PadRight(LabelWidth)}{value.PadLeft(ValueWidth)}";
        _text.Append(remark.Length > 0 ? $"{line}   # {remark}" : line).Append('\n');
    }

    private double Node(string name) =>
        _statistics.TryGetValue($"{_node}.{name}", out Statistic item) && item.Divisor != 0
            ? (double)item.Value / (double)item.Divisor
            : double.NaN;

    private double Cycles(string part)
    {
        string end = $".cycles.{part}";
        return Sum(name => name.StartsWith($"{_node}.vcpu", StringComparison.Ordinal)
            && name.EndsWith(end, StringComparison.Ordinal));
    }

    /// <summary>A private level is summed over the cores; a shared one has its own sum.</summary>
    private double Caches(string level, string what)
    {
        string shared = $"{_node}.caches.{level}.{what}";
        if (_statistics.ContainsKey(shared))
        {
            return Sum(name => name == shared);
        }

        string end = $".{level}.{what}";
        return Sum(name => name.StartsWith($"{_node}.caches.vcpu", StringComparison.Ordinal)
            && name.EndsWith(end, StringComparison.Ordinal));
    }

    private double Sum(Func<string, bool> wanted)
    {
        double sum = 0;
        foreach (Statistic item in _first.Statistics)
        {
            if (wanted(item.Name) && item.Divisor != 0)
            {
                sum += (double)item.Value / (double)item.Divisor;
            }
        }

        return sum;
    }

    private static string Grouped(double value) =>
        value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Percent(double part, double whole) => string.Create(
        CultureInfo.InvariantCulture, $"{(whole > 0 ? 100 * part / whole : 0),5:0.0} %");
}
