namespace Dilaton.Guest;

/// <summary>A program that can't be started, found before its first instruction.</summary>
public sealed class GuestLoadException(string file, string reason)
    : Exception($"{file}: {reason}")
{
    public string File { get; } = file;

    public string Reason { get; } = reason;

    /// <summary>As a guest that starts it is told: errno.</summary>
    internal int Error { get; init; } = Errno.ENOEXEC;

    /// <summary>A real machine could run it: it is linked for addresses that are not its node's.
    /// </summary>
    internal bool IsMisplaced { get; init; }
}
