namespace Dilaton.Cli;

/// <summary>The laws that are measured with one engine.</summary>
/// <param name="Time">The mode of its time, as a job has it.</param>
/// <param name="NeedsHost">Not every host can run the engine.</param>
internal sealed record LawSet(string Engine, string Time, IReadOnlyList<Law> Laws, bool NeedsHost);
