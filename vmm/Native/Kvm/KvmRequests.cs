namespace Dilaton.Native;

/// <summary>The kernel's numbers of what is asked of KVM, under its own names without the prefix
/// (linux/kvm.h); a test compares them with the header.</summary>
public static class KvmRequests
{
    public const uint GET_API_VERSION = 0xAE00;
    public const uint CREATE_VM = 0xAE01;
    public const uint CHECK_EXTENSION = 0xAE03;
    public const uint GET_VCPU_MMAP_SIZE = 0xAE04;
    public const uint GET_SUPPORTED_CPUID = 0xC008AE05;
    public const uint CREATE_VCPU = 0xAE41;
    public const uint GET_DIRTY_LOG = 0x4010AE42;
    public const uint SET_USER_MEMORY_REGION = 0x4020AE46;
    public const uint SET_TSS_ADDR = 0xAE47;
    public const uint CREATE_IRQCHIP = 0xAE60;
    public const uint IRQ_LINE = 0x4008AE61;
    public const uint RUN = 0xAE80;
    public const uint GET_REGS = 0x8090AE81;
    public const uint SET_REGS = 0x4090AE82;
    public const uint GET_SREGS = 0x8138AE83;
    public const uint SET_SREGS = 0x4138AE84;
    public const uint INTERRUPT = 0x4004AE86;
    public const uint GET_MSRS = 0xC008AE88;
    public const uint SET_MSRS = 0x4008AE89;
    public const uint SET_SIGNAL_MASK = 0x4004AE8B;
    public const uint GET_LAPIC = 0x8400AE8E;
    public const uint SET_LAPIC = 0x4400AE8F;
    public const uint SET_CPUID2 = 0x4008AE90;
    public const uint NMI = 0xAE9A;
    public const uint SET_GUEST_DEBUG = 0x4048AE9B;
    public const uint GET_TSC_KHZ = 0xAEA3;
    public const uint ENABLE_CAP = 0x4068AEA3;
    public const uint GET_XSAVE = 0x9000AEA4;
    public const uint SET_XSAVE = 0x5000AEA5;
    public const uint SET_XCRS = 0x4188AEA7;
    public const uint SET_DEVICE_ATTR = 0x4018AEE1;
    public const uint GET_DEVICE_ATTR = 0x4018AEE2;

    /// <summary>The one version that there has been since 2007.</summary>
    public const int API_VERSION = 12;
}
