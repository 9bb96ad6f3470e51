namespace Dilaton.Kvm;

/// <summary>Segment selectors of the supervisor's GDT; those of user code are Linux's.</summary>
internal static class Selectors
{
    public const ushort SupervisorCode = 0x08;
    public const ushort SupervisorData = 0x10;
    public const ushort UserData = 0x2B;
    public const ushort UserCode = 0x33;
    public const ushort Task = 0x40;

    /// <summary>Index of the last entry, and so the limit of the table.</summary>
    public const int Count = 10;
}
