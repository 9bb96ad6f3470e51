using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>VMware's port, by which a guest asks for the rate of its counter; of its commands the
/// version and that (Linux, arch/x86/kernel/cpu/vmware.c). It answers in registers.</summary>
internal static class TimingPort
{
    public const ushort Port = 0x5658;

    private const uint Magic = 0x564d_5868;
    private const ushort GetVersion = 10;
    private const ushort GetHertz = 45;

    /// <returns>What the port is read as.</returns>
    public static uint Answer(ref KvmRegisters registers, AnnouncedClock clock)
    {
        if ((uint)registers.Rax != Magic)
        {
            return uint.MaxValue;
        }

        switch ((ushort)registers.Rcx)
        {
            case GetVersion:
                registers.Rbx = Magic;
                registers.Rcx = 2;
                return 6;
            case GetHertz:
                ulong hertz = (ulong)clock.Kilohertz * 1000;
                registers.Rbx = hertz >> 32;
                registers.Rcx = clock.BusHertz;
                return (uint)hertz;
            default:
                registers.Rbx = uint.MaxValue;
                return uint.MaxValue;
        }
    }
}
