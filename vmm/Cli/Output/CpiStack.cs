namespace Dilaton.Cli;

/// <summary>Where a core's cycles went, and so what bounds the run. The parts' sum is V.</summary>
internal sealed class CpiStack
{
    /// <summary>Requests that spend this part of their time in the DRAM's queue: more bandwidth would help,
    /// and not a shorter way.</summary>
    private const double QueuedShare = 0.5;

    private static readonly (string Key, string Name)[] s_parts =
    [
        ("executed", "base"), ("stall.l1", "L1 hits"), ("stall.fetch", "L1I misses"),
        ("stall.branch", "mispredicted branches"), ("stall.l2", "L2"),
        ("stall.l3", "L3, other cores"), ("stall.memory", "memory"), ("stall.storeBuffer", "store buffer"),
        ("stall.tlb", "translation"), ("stall.window", "windows"), ("stall.estimated", "estimated"),
        ("kernel", "kernel"), ("waiting", "waiting"),
    ];

    private static readonly (RunBound Bound, string[] Keys)[] s_bounds =
    [
        (RunBound.Compute, ["executed", "stall.l1"]),
        (RunBound.Memory, ["stall.memory", "stall.storeBuffer"]),
        (RunBound.Caches, ["stall.l2", "stall.l3"]),
        (RunBound.Fetch, ["stall.fetch"]),
        (RunBound.Branches, ["stall.branch"]),
        (RunBound.Translation, ["stall.tlb"]),
        (RunBound.Windows, ["stall.window"]),
        (RunBound.Estimated, ["stall.estimated"]),
        (RunBound.Kernel, ["kernel"]),
        (RunBound.Waiting, ["waiting"]),
    ];

    private readonly Dictionary<string, double> _cycles = new(StringComparer.Ordinal);
    private readonly double _latency;
    private readonly double _queueing;

    private CpiStack(Func<string, double> core, Func<string, double> node)
    {
        foreach ((string key, string _) in s_parts)
        {
            _cycles[key] = Known(core($"cycles.{key}"));
        }

        _latency = node("weave.latency");
        _queueing = node("dram.queueingTimeMean");
    }

    /// <summary>Cycles of all parts.</summary>
    public double Total => _cycles.Values.Sum();

    /// <summary>Every part that there is, with its cycles.</summary>
    public IEnumerable<(string Name, double Cycles)> Parts =>
        s_parts.Select(p => (p.Name, _cycles[p.Key])).Where(p => p.Item2 > 0);

    /// <summary>What takes the most of the time.</summary>
    public RunBound Bound => Largest.Bound == RunBound.Memory ? MemoryBound : Largest.Bound;

    /// <summary>The parts that make up the bound, as statistics name them after "cycles.".</summary>
    public IReadOnlyList<string> BoundKeys => Largest.Keys;

    private (RunBound Bound, string[] Keys) Largest => s_bounds.MaxBy(b => b.Keys.Sum(key => _cycles[key]));

    /// <summary>What a part is called; null if there is no such part.</summary>
    /// <param name="key">As statistics name it after "cycles.".</param>
    public static string? NameOf(string key) => Array.Find(s_parts, p => p.Key == key).Name;

    /// <summary>A peer does not tell its queues.</summary>
    private RunBound MemoryBound => double.IsNaN(_queueing) ? RunBound.Memory
        : _queueing > 0 && _queueing >= QueuedShare * _latency ? RunBound.Bandwidth
        : RunBound.Latency;

    /// <param name="core">Value of a core's statistic; NaN if it has none.</param>
    /// <param name="node">Value of its node's.</param>
    /// <returns>Null if no cycle was counted.</returns>
    public static CpiStack? Of(Func<string, double> core, Func<string, double> node)
    {
        var stack = new CpiStack(core, node);
        return stack.Total > 0 ? stack : null;
    }

    /// <summary>A bound in words, after "limited by".</summary>
    public string Words => Bound switch
    {
        RunBound.Compute => "compute: instructions at their CPI",
        RunBound.Bandwidth => "memory bandwidth: requests spend half of their time or more in a queue",
        RunBound.Latency => "memory latency: the way there and back, with too few requests at once",
        RunBound.Memory => "memory behind our caches: its peer knows whether its latency or its bandwidth",
        RunBound.Caches => "cache latency: data that L2, L3 or other cores have",
        RunBound.Fetch => "instruction fetch: code that L1I does not hold",
        RunBound.Branches => "mispredicted branches: their resolution and the refill of the front end",
        RunBound.Translation => "address translation: pages that the TLBs do not hold",
        RunBound.Windows => "accesses to windows",
        RunBound.Estimated => "stall estimated from windows of instructions; that timed in them says of what",
        RunBound.Kernel => "the kernel: system calls, faults, copies",
        _ => "waiting: for timers, other threads or the network",
    };

    private static double Known(double value) => double.IsNaN(value) ? 0 : value;
}
