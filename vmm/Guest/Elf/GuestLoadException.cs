namespace Dilaton.Guest;

/// <summary>A program that can't be started, found before its first instruction.</summary>
public sealed class GuestLoadException(string file, string reason)
    : Exception($"{file}: {reason}")
{
    public string File { get; } = file;

    public string Reason { get; } = reason;
}
