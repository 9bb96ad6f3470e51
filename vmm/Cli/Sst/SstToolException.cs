namespace Dilaton.Cli;

/// <summary>A program of SST did not do what it is for.</summary>
internal sealed class SstToolException(string message) : Exception(message);
