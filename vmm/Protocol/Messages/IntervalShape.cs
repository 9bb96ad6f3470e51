namespace Dilaton.Protocol;

/// <summary>What decides how an engine's state is read with the issue set `interval`.</summary>
public sealed record IntervalShape(int LoadQueueEntries, int MissRegisters);
