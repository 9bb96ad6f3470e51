namespace Dilaton.Cli;

/// <summary>A node's calibration.</summary>
/// <param name="Worker">Whose processor time it is: nodes may share one.</param>
/// <param name="Whole">All that was measured.</param>
/// <param name="First">Its first half; null if it was too short for halves.</param>
/// <param name="HasEnded">The guest came to its end.</param>
internal sealed record PlanNode(
    string Name, int Worker, PlanSpan Whole, PlanSpan? First, PlanSpan? Second, bool HasEnded);
