namespace Dilaton.Cli;

/// <summary>What a program of another project came to.</summary>
/// <param name="ExitCode">128 + signal if one killed it; meaningless after the limit.</param>
/// <param name="Text">Standard output and error, as they came.</param>
/// <param name="TookTooLong">It was ended at the limit.</param>
internal sealed record ToolOutput(int ExitCode, string Text, bool TookTooLong);
