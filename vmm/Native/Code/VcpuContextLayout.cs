namespace Dilaton.Native;

/// <summary>Offsets within a <see cref="VcpuContext"/>, which the GS base points to while guest
/// code runs. Code in the cache uses them as displacements.</summary>
public static class VcpuContextLayout
{
    public const int Registers = 0;
    public const int R15 = 15 * 8;
    public const int Rip = 0x80;
    public const int Rflags = 0x88;
    public const int FsBase = 0x90;
    public const int GsBase = 0x98;

    /// <summary>The pinned register: remaining cost units, and with events on (units in the upper
    /// half) the record cursor, in bytes from the context.</summary>
    public const int Counter = 0xA0;

    /// <summary>Which exit was taken.</summary>
    public const int Exit = 0xA8;

    /// <summary>Target of the last indirect branch.</summary>
    public const int Target = 0xB0;
    public const int HostStack = 0xB8;
    public const int HostMxcsr = 0xC0;
    public const int Mxcsr = 0xC4;

    /// <summary>Host address of the code that leaves the cache after a host fault.</summary>
    public const int FaultExit = 0xC8;
    public const int FaultRip = 0xD0;
    public const int FaultTrap = 0xD8;
    public const int FaultError = 0xE0;
    public const int FaultAddress = 0xE8;
    public const int Self = 0xF0;
    public const int Entry = 0xF8;

    /// <summary>One slot per general register: its guest value while the host register is lent.
    /// </summary>
    public const int Spill = 0x100;
    public const int X87Loaded = 0x180;
    public const int TscAux = 0x188;
    public const int Temporary = 0x190;
    public const int Ymm = 0x200;

    /// <summary>The image that <see cref="Core.ExtendedState"/> describes.</summary>
    public const int Extended = 0x400;
    public const int LoadTags = 0x1000;
    public const int StoreTags = 0x1200;
    public const int FetchTags = 0x1400;
    public const int SizeBytes = 0x2000;
}
