namespace Dilaton.Machine;

/// <summary>What an I/O APIC or a local APIC sends to local APICs.</summary>
/// <param name="IsLogical">How <paramref name="Destination"/> is meant; 0xff is all either way.</param>
internal readonly record struct InterruptMessage(
    byte Vector, DeliveryMode Mode, byte Destination, bool IsLogical, bool IsLevel)
{
    public const byte All = 0xff;
}
