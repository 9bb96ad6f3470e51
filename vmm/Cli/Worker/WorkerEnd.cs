namespace Dilaton.Cli;

/// <summary>How a node's run ended.</summary>
/// <param name="Reason">A <c>NodeEnd</c>, or the word for it in result.json.</param>
/// <param name="MarkCode">The code of a fail mark.</param>
internal sealed record WorkerEnd(
    string Reason,
    GuestDocument? Guest,
    ulong MarkCode,
    string EventLogHash,
    IReadOnlyList<string> UnsupportedSystemCalls,
    double CpuSeconds,
    long PeakMemoryBytes)
{
    /// <summary>Changes of the time dilation factor.</summary>
    public IReadOnlyList<DilationDocument> Dilation { get; init; } = [];

    /// <summary>What the guest's clocks were made of.</summary>
    public string ClockRung { get; init; } = "";

    /// <summary>Addresses of the network at which nobody answered.</summary>
    public IReadOnlyList<string> Unanswered { get; init; } = [];
}
