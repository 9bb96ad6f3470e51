namespace Dilaton.Tests.Integration;

/// <summary>What a process came to. Output is one character a byte, so that nothing is lost.
/// </summary>
/// <param name="ExitCode">128 + signal if one killed it.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error);
