using System.ComponentModel;

namespace Dilaton.Cli;

[Description("What became of one node.")]
internal sealed record NodeResultDocument
{
    [Description("Name of the node.")]
    public required string Name { get; init; }

    [Description("The engine, and why it was chosen.")]
    public required string Engine { get; init; }

    [Description("What the guest's clocks are made of. Empty if the worker died.")]
    public required string ClockRung { get; init; }

    [Description("guest-exited, exit-mark, fail-mark, until, stopped, deadlock, refused, or lost "
        + "(the worker died).")]
    public required string End { get; init; }

    [Description("The node's part in the exit code, as a word: as the status of the run.")]
    public required string Status { get; init; }

    [Description("Why the node ended, in words.")]
    public required string Reason { get; init; }

    [Description("True if a guest of the node's worker stored outside its own address window: then the "
        + "node's results may be wrong. Only nodes with isolation: shared can be.")]
    public required bool Tainted { get; init; }

    [Description("Virtual time of the end, in words.")]
    public required string VirtualTime { get; init; }

    [Description("Virtual time of the end in picoseconds.")]
    public required ulong VirtualTimePs { get; init; }

    [Description("Instructions executed; 0 with engine: kvm, which does not count them.")]
    public required ulong Instructions { get; init; }

    [Description("The kinds of cores, of a node whose cores are not alike (cores.kinds); else empty.")]
    public required IReadOnlyList<CoreKindDocument> CoreKinds { get; init; }

    [Description("How the guest ended; null if it did not.")]
    public required GuestDocument? Guest { get; init; }

    [Description("Changes of the time dilation factor while the node ran, in the order of time.")]
    public required IReadOnlyList<DilationDocument> Dilation { get; init; }

    [Description("What detail windows estimate (events.level: sampled); empty without.")]
    public required IReadOnlyList<EstimateDocument> Sampled { get; init; }

    [Description("SHA-256 of the event log; equal for equal runs. Empty if the worker died.")]
    public required string EventLogHash { get; init; }

    [Description("System calls that the guest tried and that do not exist here, in the order of "
        + "first use.")]
    public required IReadOnlyList<string> UnsupportedSystemCalls { get; init; }

    [Description("Guest state at the end of a run that was cut off: who waited for what. Of a system: "
        + "what it asked for that is not there.")]
    public required IReadOnlyList<string> Report { get; init; }
}
