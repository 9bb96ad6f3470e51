namespace Dilaton.Guest;

/// <summary>The kernel's struct sigaction on x86-64, 32 bytes.</summary>
internal readonly record struct SignalAction(
    ulong Handler, ulong Flags, ulong Restorer, ulong Mask)
{
    public const int SizeBytes = 32;
    public const ulong Default = 0;
    public const ulong Ignore = 1;
}
