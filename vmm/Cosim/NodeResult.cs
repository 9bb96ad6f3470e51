using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a run came to.</summary>
/// <param name="Time">Virtual time of the end.</param>
/// <param name="Guest">Set when the program ended.</param>
/// <param name="Code">The code of an <see cref="NodeEnd.FailMark"/>, else 0.</param>
/// <param name="EventLogHash">SHA-256 of the event log, lower-case hex.</param>
/// <param name="Changes">Of the time dilation factor, in the order of time.</param>
/// <param name="Report">For a deadlock, a stop or a limit: who waited for what.</param>
public sealed record NodeResult(
    NodeEnd End,
    VirtualTime Time,
    GuestExit? Guest,
    ulong Code,
    string EventLogHash,
    IReadOnlyList<RateChange> Changes,
    IReadOnlyList<string> Report);
