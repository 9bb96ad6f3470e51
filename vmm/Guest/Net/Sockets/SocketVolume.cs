namespace Dilaton.Guest;

/// <summary>Where sockets are files.</summary>
internal sealed class SocketVolume(FileClock clock)
    : FileVolume("sockfs", "none", DeviceNumbers.Encode(0, 8), SocketMagic, false, clock)
{
    private const long SocketMagic = 0x534f_434b;

    private ulong _next = 20_000;

    public InodeRecord CreateRecord() => new(_next++, Clock);
}
