namespace Dilaton.Cosim;

/// <summary>What a core did from one time to another.</summary>
/// <param name="Units">Cost units, as <see cref="SliceTimeline.Parts"/> names them; their sum is the time in
/// the core's cycles.</param>
public sealed record TimelineSlice(
    ulong BeginPs, ulong EndPs, SliceKind Kind, ulong Instructions, IReadOnlyList<ulong> Units);
