namespace Dilaton.Core;

/// <summary>How a guest ended.</summary>
/// <param name="Code">Exit code, when <paramref name="Signal"/> is 0.</param>
/// <param name="Signal">Linux signal number that killed it, else 0.</param>
/// <param name="Message">For a death: RIP, symbol, last system calls; else empty.</param>
public sealed record GuestExit(int Code, int Signal, string Message);
