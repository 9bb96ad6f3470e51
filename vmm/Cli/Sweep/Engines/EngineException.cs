namespace Dilaton.Cli;

/// <summary>An engine that runs points, such as Slurm, refused or does not answer.</summary>
internal sealed class EngineException(string message) : Exception(message);
