using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What Linux makes of a processor exception: number, code and address of its signal, and
/// what the frame says of it (arch/x86/kernel/traps.c, arch/x86/mm/fault.c).</summary>
internal static class FaultSignal
{
    private const int ILL_ILLOPN = 2;
    private const int FPE_INTDIV = 1;
    private const int FPE_FLTDIV = 3;
    private const int FPE_FLTOVF = 4;
    private const int FPE_FLTUND = 5;
    private const int FPE_FLTRES = 6;
    private const int FPE_FLTINV = 7;
    private const int SEGV_MAPERR = 1;
    private const int SEGV_ACCERR = 2;
    private const int BUS_ADRALN = 1;
    private const int BUS_ADRERR = 2;
    private const int TRAP_BRKPT = 1;

    private const ulong PresentBit = 1;
    private const ulong WriteBit = 2;
    private const ulong UserBit = 4;
    private const ulong FetchBit = 16;

    private const int StatusWordOffset = 2;
    private const int MxcsrMaskShift = 7;
    private const uint ExceptionBits = 0x3f;

    /// <param name="state">Of the vCPU, at the instruction.</param>
    public static SignalInfo Of(
        in VcpuExit exit, ulong rip, ReadOnlySpan<byte> state, AddressSpace memory)
    {
        int signal = Signal.Of(exit.Vector);
        return exit.Vector switch
        {
            FaultVector.DivideError => SignalInfo.Fault(signal, FPE_INTDIV, rip),
            FaultVector.InvalidOpcode => SignalInfo.Fault(signal, ILL_ILLOPN, rip),
            FaultVector.Debug => SignalInfo.Fault(signal, TRAP_BRKPT, rip),
            FaultVector.FloatingPoint or FaultVector.SimdFloatingPoint =>
                SignalInfo.Fault(signal, FloatingPointCode(exit.Vector, state), rip),
            FaultVector.AlignmentCheck => SignalInfo.Fault(signal, BUS_ADRALN, 0),
            FaultVector.PageFault => OfPageFault(exit, memory),
            _ => SignalInfo.Fault(signal, SignalInfo.SI_KERNEL, 0),
        };
    }

    public static FaultRecord RecordOf(in VcpuExit exit, in SignalInfo info)
    {
        if (exit.Vector != FaultVector.PageFault)
        {
            return new FaultRecord((ulong)exit.Vector, 0, 0);
        }

        ulong error = UserBit
            | (info.Number == Signal.SIGSEGV && info.Code == SEGV_ACCERR ? PresentBit : 0)
            | (exit.Access == FaultAccess.Write ? WriteBit : 0)
            | (exit.Access == FaultAccess.Execute ? FetchBit : 0);
        return new FaultRecord((ulong)exit.Vector, error, exit.FaultAddress);
    }

    private static SignalInfo OfPageFault(in VcpuExit exit, AddressSpace memory)
    {
        if (!memory.TryFindArea(exit.FaultAddress, out MemoryArea area))
        {
            return SignalInfo.Fault(Signal.SIGSEGV, SEGV_MAPERR, exit.FaultAddress);
        }

        // Allowed, and not there: behind the end of the file.
        GuestProtection needed = exit.Access == FaultAccess.Write
            ? GuestProtection.Write
            : GuestProtection.Read;
        return area.Kind == AreaKind.SharedFile && exit.Access != FaultAccess.Execute
            && area.Allows(needed)
            ? SignalInfo.Fault(Signal.SIGBUS, BUS_ADRERR, exit.FaultAddress)
            : SignalInfo.Fault(Signal.SIGSEGV, SEGV_ACCERR, exit.FaultAddress);
    }

    /// <summary>The first of the exceptions that are set and not masked.</summary>
    private static int FloatingPointCode(FaultVector vector, ReadOnlySpan<byte> state)
    {
        uint raised;
        if (vector == FaultVector.FloatingPoint)
        {
            uint control = BinaryPrimitives.ReadUInt16LittleEndian(
                state[ExtendedState.ControlWordOffset..]);
            uint status = BinaryPrimitives.ReadUInt16LittleEndian(state[StatusWordOffset..]);
            raised = status & ~control;
        }
        else
        {
            uint mxcsr = BinaryPrimitives.ReadUInt32LittleEndian(
                state[ExtendedState.MxcsrOffset..]);
            raised = mxcsr & ~(mxcsr >> MxcsrMaskShift);
        }

        return (raised & ExceptionBits) switch
        {
            uint r when (r & 1) != 0 => FPE_FLTINV,
            uint r when (r & 4) != 0 => FPE_FLTDIV,
            uint r when (r & 8) != 0 => FPE_FLTOVF,
            uint r when (r & 0x12) != 0 => FPE_FLTUND,
            uint r when (r & 0x20) != 0 => FPE_FLTRES,
            _ => 0,
        };
    }
}
