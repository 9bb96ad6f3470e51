using Dilaton.Core;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Sorts instructions into roles, and refuses those the emulated processor lacks.
/// </summary>
internal static class RoleClassifier
{
    /// <summary>INT 3 in its long form is the same exception.</summary>
    private const int BreakpointNumber = 3;

    private static readonly bool[] s_supported = MakeSupported();

    public static InstructionRole Classify(
        in Instruction instruction, out ExitKind exit, out FaultVector vector)
    {
        exit = default;
        vector = default;
        if (instruction.IsInvalid || !IsSupported(instruction))
        {
            return Fault(FaultVector.InvalidOpcode, out exit, out vector);
        }

        if (HasUnsupportedSegment(instruction))
        {
            return Fault(FaultVector.InvalidOpcode, out exit, out vector);
        }

        if (instruction.IsPrivileged)
        {
            return Fault(FaultVector.GeneralProtection, out exit, out vector);
        }

        InstructionRole byMnemonic = ByMnemonic(instruction, ref exit, ref vector);
        return byMnemonic != InstructionRole.Plain
            ? byMnemonic
            : ByControlFlow(instruction, ref exit, ref vector);
    }

    public static bool UsesX87(in Instruction instruction)
    {
        if (instruction.Mnemonic is Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor
            or Mnemonic.Fxrstor64 or Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xrstor
            or Mnemonic.Xrstor64 or Mnemonic.Emms)
        {
            return true;
        }

        foreach (CpuidFeature feature in instruction.CpuidFeatures)
        {
            if (feature is CpuidFeature.FPU or CpuidFeature.FPU287 or CpuidFeature.FPU387
                or CpuidFeature.MMX)
            {
                return true;
            }
        }

        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Register
                && (instruction.GetOpRegister(i).IsMM() || instruction.GetOpRegister(i).IsST()))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Its addresses or their number are known only when it runs.</summary>
    public static bool HasDynamicAccess(in Instruction instruction)
    {
        if (instruction.IsStringInstruction
            && (instruction.HasRepPrefix || instruction.HasRepnePrefix))
        {
            return true;
        }

        switch (instruction.Mnemonic)
        {
            case Mnemonic.Vmaskmovps or Mnemonic.Vmaskmovpd or Mnemonic.Vpmaskmovd
                or Mnemonic.Vpmaskmovq or Mnemonic.Maskmovq or Mnemonic.Maskmovdqu
                or Mnemonic.Vmaskmovdqu:
            case Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor or Mnemonic.Fxrstor64
                or Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xrstor or Mnemonic.Xrstor64
                or Mnemonic.Fnsave or Mnemonic.Frstor or Mnemonic.Fsave:
            case Mnemonic.Enter or Mnemonic.Xlatb:
                return true;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc:
                return instruction.Op0Kind == OpKind.Memory
                    && instruction.Op1Kind == OpKind.Register;
            default:
                return instruction.IsVsib;
        }
    }

    private static bool IsSupported(in Instruction instruction)
    {
        foreach (CpuidFeature feature in instruction.CpuidFeatures)
        {
            if (!s_supported[(int)feature])
            {
                return false;
            }
        }

        return instruction.Encoding != EncodingKind.EVEX;
    }

    /// <summary>The guest's fs: and gs: bases are added to an address by rewriting its operand,
    /// which string instructions, XLAT, MASKMOV and 32-bit gathers don't have. No compiler emits
    /// them with these prefixes; they are refused as undefined.</summary>
    private static bool HasUnsupportedSegment(in Instruction instruction)
    {
        if (instruction.SegmentPrefix is not (Register.FS or Register.GS))
        {
            return false;
        }

        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) is OpKind.MemorySegSI or OpKind.MemorySegESI
                or OpKind.MemorySegRSI or OpKind.MemorySegDI or OpKind.MemorySegEDI
                or OpKind.MemorySegRDI)
            {
                return true;
            }
        }

        return instruction.Mnemonic == Mnemonic.Xlatb
            || (instruction.IsVsib && instruction.MemoryBase.IsGPR32());
    }

    private static InstructionRole ByMnemonic(
        in Instruction instruction, ref ExitKind exit, ref FaultVector vector)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Syscall:
                return Leave(ExitKind.SystemCall, out exit);
            case Mnemonic.Rdtsc:
                return Leave(ExitKind.Timestamp, out exit);
            case Mnemonic.Rdtscp:
                return Leave(ExitKind.TimestampWithProcessor, out exit);
            case Mnemonic.Pause:
                return Leave(ExitKind.Pause, out exit);
            case Mnemonic.Cpuid:
                return Leave(ExitKind.Cpuid, out exit);
            case Mnemonic.Xgetbv:
                return Help(ExitKind.ReadXcr, out exit);
            case Mnemonic.Wrfsbase or Mnemonic.Wrgsbase:
                return Help(ExitKind.WriteSegmentBase, out exit);
            case Mnemonic.Popf or Mnemonic.Popfq:
                return Help(ExitKind.PopFlags, out exit);
            case Mnemonic.Int3:
            case Mnemonic.Int when instruction.Immediate8 == BreakpointNumber:
                return Fault(FaultVector.Breakpoint, out exit, out vector);
            case Mnemonic.Int1:
                return Fault(FaultVector.Debug, out exit, out vector);
            case Mnemonic.Ud0 or Mnemonic.Ud1 or Mnemonic.Ud2 or Mnemonic.Sysenter
                or Mnemonic.Sysexit or Mnemonic.Lar or Mnemonic.Lsl or Mnemonic.Verr
                or Mnemonic.Verw:
                return Fault(FaultVector.InvalidOpcode, out exit, out vector);
            case Mnemonic.Int or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq
                or Mnemonic.Retf or Mnemonic.Sgdt or Mnemonic.Sidt or Mnemonic.Sldt
                or Mnemonic.Str or Mnemonic.Smsw or Mnemonic.Lss or Mnemonic.Lfs or Mnemonic.Lgs
                or Mnemonic.Rdpmc or Mnemonic.In or Mnemonic.Out or Mnemonic.Insb or Mnemonic.Insw
                or Mnemonic.Insd or Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd
                or Mnemonic.Cli or Mnemonic.Sti or Mnemonic.Hlt:
                return Fault(FaultVector.GeneralProtection, out exit, out vector);
            case Mnemonic.Mov or Mnemonic.Pop when LoadsSegment(instruction):
                return Fault(FaultVector.GeneralProtection, out exit, out vector);
            default:
                return InstructionRole.Plain;
        }
    }

    private static InstructionRole ByControlFlow(
        in Instruction instruction, ref ExitKind exit, ref FaultVector vector)
    {
        switch (instruction.FlowControl)
        {
            case FlowControl.Next:
                return InstructionRole.Plain;
            case FlowControl.UnconditionalBranch when instruction.IsJmpShortOrNear:
                return InstructionRole.Jump;
            case FlowControl.ConditionalBranch:
                return instruction.IsJccShortOrNear
                    ? InstructionRole.Conditional
                    : InstructionRole.CountedBranch;
            case FlowControl.Call when instruction.IsCallNear:
                return InstructionRole.Call;
            case FlowControl.Return:
                return InstructionRole.Return;
            case FlowControl.IndirectBranch when instruction.IsJmpNearIndirect:
                return InstructionRole.IndirectJump;
            case FlowControl.IndirectCall when instruction.IsCallNearIndirect:
                return InstructionRole.IndirectCall;
            default:
                return Fault(FaultVector.GeneralProtection, out exit, out vector);
        }
    }

    private static bool LoadsSegment(in Instruction instruction) =>
        instruction.Op0Kind == OpKind.Register && instruction.Op0Register.IsSegmentRegister();

    private static InstructionRole Leave(ExitKind kind, out ExitKind exit)
    {
        exit = kind;
        return InstructionRole.Exit;
    }

    private static InstructionRole Help(ExitKind kind, out ExitKind exit)
    {
        exit = kind;
        return InstructionRole.Helper;
    }

    private static InstructionRole Fault(
        FaultVector fault, out ExitKind exit, out FaultVector vector)
    {
        vector = fault;
        return Help(ExitKind.Fault, out exit);
    }

    private static bool[] MakeSupported()
    {
        ReadOnlySpan<CpuidFeature> features =
        [
            CpuidFeature.INTEL8086, CpuidFeature.INTEL8086_ONLY, CpuidFeature.INTEL186,
            CpuidFeature.INTEL286, CpuidFeature.INTEL286_ONLY, CpuidFeature.INTEL386,
            CpuidFeature.INTEL386_ONLY, CpuidFeature.INTEL486, CpuidFeature.X64,
            CpuidFeature.AES, CpuidFeature.AVX, CpuidFeature.AVX2, CpuidFeature.BMI1,
            CpuidFeature.BMI2, CpuidFeature.CLFSH, CpuidFeature.CLFLUSHOPT, CpuidFeature.CLWB,
            CpuidFeature.CMOV, CpuidFeature.CPUID, CpuidFeature.CX8, CpuidFeature.CMPXCHG16B,
            CpuidFeature.F16C, CpuidFeature.FMA, CpuidFeature.FPU, CpuidFeature.FPU287,
            CpuidFeature.FPU387, CpuidFeature.FSGSBASE, CpuidFeature.FXSR, CpuidFeature.LZCNT,
            CpuidFeature.MMX, CpuidFeature.MOVBE, CpuidFeature.MSR, CpuidFeature.MULTIBYTENOP,
            CpuidFeature.PAUSE, CpuidFeature.PCLMULQDQ, CpuidFeature.POPCNT,
            CpuidFeature.PREFETCHW, CpuidFeature.RDPID, CpuidFeature.RDPMC, CpuidFeature.RDTSCP,
            CpuidFeature.SEP, CpuidFeature.SHA, CpuidFeature.SSE, CpuidFeature.SSE2,
            CpuidFeature.SSE3, CpuidFeature.SSSE3, CpuidFeature.SSE4_1, CpuidFeature.SSE4_2,
            CpuidFeature.SYSCALL, CpuidFeature.TSC, CpuidFeature.XSAVE, CpuidFeature.CET_IBT,
            CpuidFeature.CET_SS,
        ];
        bool[] supported = new bool[512];
        foreach (CpuidFeature feature in features)
        {
            supported[(int)feature] = true;
        }

        return supported;
    }
}
