namespace Dilaton.Guest;

/// <summary>Files without a name: pipes, event and timer files, standard streams.</summary>
internal sealed class AnonymousVolume(FileClock clock)
    : FileVolume("pipefs", "none", DeviceNumbers.Encode(0, 14), PipeMagic, false, clock)
{
    private ulong _next = 1000;

    public InodeRecord CreateRecord() => new(_next++, Clock);
}
