using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A range of guest-physical addresses that the guest maps as a device.</summary>
/// <param name="Name">Of the device in <c>/dev</c>.</param>
public sealed record WindowDevice(string Name, GuestPhysicalAddress Base, ulong SizeBytes)
{
    /// <summary>Whether every machine has something of this name in <c>/dev</c>.</summary>
    public static bool IsTaken(string name) => name is "null" or "zero" or "full" or "random"
        or "urandom" or "tty" or "fd" or "stdin" or "stdout" or "stderr" or "pts" or "shm";
}
