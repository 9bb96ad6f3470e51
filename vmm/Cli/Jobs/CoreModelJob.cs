using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("How a core turns instructions and latencies into time.")]
internal sealed record CoreModelJob
{
    /// <summary>What an `interval` core has where the job says nothing: Skylake's, from the Intel 64 and
    /// IA-32 Architectures Optimization Reference Manual, "Skylake Client Microarchitecture" (allocation 4
    /// wide, 224 reorder buffer, 72 load and 56 store buffer entries). The number of L1 miss
    /// registers is an estimate.</summary>
    public static CoreModelJob OutOfOrder => new()
    {
        Kind = CoreModelKind.Interval,
        Cpi = new Ratio(1, 4),
        StoreBuffer = 56,
        Width = 4,
        Window = 224,
        LoadBuffer = 72,
        Mshrs = 12,
    };

    /// <summary>Counters of a predictor, and cycles of refilling the front end, where the job says nothing: both
    /// are estimates, of a core of Skylake's size.</summary>
    public const int BranchEntriesDefault = 4096;
    public const int MispredictPenaltyDefault = 15;

    /// <summary>As in gem5's SimpleIndirectPredictor.</summary>
    public const int IndirectWaysDefault = 2;
    public const int IndirectPathLengthDefault = 3;

    [Description("inorder: a load waits for its answer, a store for room in the store buffer. interval: an "
        + "out-of-order core; loads overlap as far as window, loadBuffer, mshrs and their dependences let "
        + "them (docs/time.md, section 5); not with events.level: filtered. A peer behind the caches must have "
        + "it too.")]
    public CoreModelKind Kind { get; init; } = CoreModelKind.Inorder;

    [Description("Cycles per instruction before any stall: a number or quotient such as 1, 0.25 "
        + "or 3/2; above 0, at most 100. Default with interval: 1/width, which is also the least.")]
    public Ratio Cpi { get; init; } = Ratio.One;

    [Description("Stores that may be on their way to memory before the core waits; 1 to 1024. Default with "
        + "interval: 56.")]
    public int StoreBuffer { get; init; } = 16;

    [Description("With interval: instructions that are dispatched in a cycle; 1 to 16. Default: 4.")]
    public int? Width { get; init; }

    [Description("With interval: entries of the reorder buffer, in instructions; 1 to 2048."
        + " Default: 224.")]
    public int? Window { get; init; }

    [Description("With interval: load misses that may be in flight; 1 to 1024. Default: 72.")]
    public int? LoadBuffer { get; init; }

    [Description("With interval: misses that may be under way beyond our caches; 1 to 1024."
        + " Default: 12.")]
    public int? Mshrs { get; init; }

    [Description("Predicts conditional branches; a wrong one keeps the front end waiting until it is resolved, "
        + "and mispredictPenalty longer (docs/time.md, section 5). Not without caches; a peer behind them must have "
        + "it too. none: no branch costs more than any instruction.")]
    public BranchPredictorChoice BranchPredictor { get; init; } = BranchPredictorChoice.None;

    [Description("With a branchPredictor: counters of its first table, a power of two from 64 to 1048576; tage "
        + "has four more of a quarter as many. Default: 4096.")]
    public int? BranchEntries { get; init; }

    [Description("With a branchPredictor: core cycles from when a wrong branch is resolved until the right way's first "
        + "instruction dispatches; 1 to 1000. Default: 15.")]
    public int? MispredictPenalty { get; init; }

    [Description("With a branchPredictor: entries of the stack that predicts returns; 1 to 1024. Default: returns are "
        + "never wrong.")]
    public int? ReturnStack { get; init; }

    [Description("With a branchPredictor: sets of the table that predicts indirect jumps and calls, a power of two "
        + "from 1 to 65536. Default: they are never wrong.")]
    public int? IndirectSets { get; init; }

    [Description("With indirectSets: entries of a set; 1 to 16. Default: 2.")]
    public int? IndirectWays { get; init; }

    [Description("With indirectSets: targets of earlier indirect jumps and calls that choose the entry; 0 to 16. "
        + "Default: 3.")]
    public int? IndirectPathLength { get; init; }
}
