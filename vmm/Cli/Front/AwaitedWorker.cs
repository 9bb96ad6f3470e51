namespace Dilaton.Cli;

/// <summary>The worker that the coordinator waits for.</summary>
/// <param name="Round">Of grants; that of the last one at the end of the run.</param>
internal sealed record AwaitedWorker(int Worker, ulong Round);
