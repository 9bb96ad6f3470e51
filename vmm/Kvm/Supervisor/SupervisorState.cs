using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>System registers of a vCPU that runs user code in 64-bit mode.</summary>
internal static class SupervisorState
{
    public const uint MsrStar = 0xC000_0081;
    public const uint MsrLongStar = 0xC000_0082;
    public const uint MsrFlagMask = 0xC000_0084;

    // PE MP ET NE WP AM PG
    private const ulong Cr0 = 0x8005_0033;

    // PAE OSFXSR OSXMMEXCPT FSGSBASE OSXSAVE
    private const ulong Cr4 = 0x5_0620;

    /// <summary>RDTSC and RDTSCP of user code fault.</summary>
    private const ulong Cr4TimestampDisable = 4;

    // SCE LME LMA NXE
    private const ulong Efer = 0xD01;

    private const byte CodeType = 11;
    private const byte DataType = 3;
    private const byte BusyTaskType = 11;

    /// <summary>Flags that SYSCALL clears: what could act in the supervisor.</summary>
    public const ulong FlagMask = 0x4_7700;

    /// <summary>STAR: the supervisor's selectors; SYSRET is not used.</summary>
    public const ulong Star = (ulong)Selectors.SupervisorCode << 32;

    public static void Fill(ref KvmSystemRegisters registers, int vcpu, bool trapsTimestamp)
    {
        registers.Cr0 = Cr0;
        registers.Cr3 = SupervisorLayout.PhysicalOf(SupervisorLayout.Pml4);
        registers.Cr4 = Cr4 | (trapsTimestamp ? Cr4TimestampDisable : 0);
        registers.Efer = Efer;
        registers.Gdt = new KvmTable
        {
            Base = SupervisorLayout.VirtualOf(SupervisorLayout.Gdt),
            Limit = SupervisorImage.GdtLimit,
        };
        registers.Idt = new KvmTable
        {
            Base = SupervisorLayout.VirtualOf(SupervisorLayout.Idt),
            Limit = SupervisorImage.IdtLimit,
        };
        registers.Tr = new KvmSegment
        {
            Base = SupervisorLayout.Virtual + (ulong)SupervisorImage.TssOffset(vcpu),
            Limit = SupervisorImage.TssLimit,
            Selector = Selectors.Task,
            Type = BusyTaskType,
            Present = 1,
        };
        registers.Ldt = new KvmSegment { Unusable = 1 };
        EnterUser(ref registers);
    }

    /// <summary>Segments of user code; the bases of fs and gs stay.</summary>
    public static void EnterUser(ref KvmSystemRegisters registers)
    {
        KvmSegment data = Segment(Selectors.UserData, DataType, 3);
        registers.Cs = Segment(Selectors.UserCode, CodeType, 3);
        registers.Ss = data;
        registers.Ds = data;
        registers.Es = data;
        registers.Fs = data with { Base = registers.Fs.Base };
        registers.Gs = data with { Base = registers.Gs.Base };
    }

    /// <summary>Segments of the supervisor, for probes of the host.</summary>
    public static void EnterSupervisor(ref KvmSystemRegisters registers)
    {
        registers.Cs = Segment(Selectors.SupervisorCode, CodeType, 0);
        registers.Ss = Segment(Selectors.SupervisorData, DataType, 0);
    }

    private static KvmSegment Segment(ushort selector, byte type, byte level) => new()
    {
        Limit = uint.MaxValue,
        Selector = selector,
        Type = type,
        Present = 1,
        PrivilegeLevel = level,
        DefaultBig = type == CodeType ? (byte)0 : (byte)1,
        IsCodeOrData = 1,
        Long = type == CodeType ? (byte)1 : (byte)0,
        Granularity = 1,
    };
}
