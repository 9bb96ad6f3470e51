using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>Which of Iced's encodings the translator must run exactly as the CPU does, and why the
/// others are not among them.</summary>
internal static class Encodings
{
    private static readonly HashSet<CpuidFeature> s_features =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL286,
        CpuidFeature.INTEL386, CpuidFeature.INTEL486, CpuidFeature.X64, CpuidFeature.CMOV,
        CpuidFeature.CX8, CpuidFeature.CMPXCHG16B, CpuidFeature.FPU, CpuidFeature.FPU287,
        CpuidFeature.FPU387, CpuidFeature.MMX, CpuidFeature.SSE, CpuidFeature.SSE2,
        CpuidFeature.SSE3, CpuidFeature.SSSE3, CpuidFeature.SSE4_1, CpuidFeature.SSE4_2,
        CpuidFeature.POPCNT, CpuidFeature.LZCNT, CpuidFeature.MOVBE, CpuidFeature.BMI1,
        CpuidFeature.BMI2, CpuidFeature.AES, CpuidFeature.PCLMULQDQ,
        CpuidFeature.SHA, CpuidFeature.AVX, CpuidFeature.AVX2, CpuidFeature.F16C,
        CpuidFeature.FMA, CpuidFeature.FXSR, CpuidFeature.CLFSH, CpuidFeature.CLFLUSHOPT,
        CpuidFeature.CLWB, CpuidFeature.PREFETCHW, CpuidFeature.PAUSE,
        CpuidFeature.MULTIBYTENOP,
    ];

    /// <summary>All encodings under test, in Iced's order.</summary>
    public static Code[] Tested { get; } =
        [.. Enum.GetValues<Code>().Where(c => WhyNot(c) is null)];

    /// <summary>Why an encoding is not under test; null if it is.</summary>
    public static string? WhyNot(Code code)
    {
        OpCodeInfo info = code.ToOpCode();
        if (!info.IsInstruction || !info.Mode64 || !info.Cpl3 || info.MustBeCpl0)
        {
            return "not an instruction of 64-bit user mode";
        }

        if (info.Encoding is not (EncodingKind.Legacy or EncodingKind.VEX))
        {
            return "EVEX, XOP, MVEX, 3DNow!: not in x86-64-v3";
        }

        if (!code.CpuidFeatures().All(s_features.Contains))
        {
            return "a CPU feature that the emulated CPU does not announce";
        }

        return WhyNotByEffect(code, info);
    }

    private static string? WhyNotByEffect(Code code, OpCodeInfo info)
    {
        for (int i = 0; i < info.OpCount; i++)
        {
            switch (info.GetOpKind(i))
            {
                case OpCodeOperandKind.seg_reg:
                case OpCodeOperandKind.fs or OpCodeOperandKind.gs
                    when code.Mnemonic() is Mnemonic.Pop:
                    return "segment registers: selectors are the host kernel's";
                case OpCodeOperandKind.br16_1 or OpCodeOperandKind.br16_2:
                    return "66h near branch: Intel ignores the prefix, AMD truncates rip";
                case OpCodeOperandKind.xbegin_2 or OpCodeOperandKind.xbegin_4:
                    return "transactions";
            }
        }

        return code.Mnemonic() switch
        {
            Mnemonic.Jmp or Mnemonic.Call or Mnemonic.Ret
                when code is Code.Jmp_rm16 or Code.Jmp_rm32 or Code.Call_rm16
                    or Code.Call_rm32 or Code.Retnw or Code.Retnw_imm16 =>
                "66h near branch: Intel ignores the prefix, AMD truncates rip",
            Mnemonic.Jmp or Mnemonic.Call when IsFar(code) => "far control flow",
            Mnemonic.Retf or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq =>
                "far control flow",
            Mnemonic.Int or Mnemonic.Int1 or Mnemonic.Into or Mnemonic.Syscall
                or Mnemonic.Sysenter or Mnemonic.Sysexit or Mnemonic.Sysret =>
                "kernel entry: an exit of its own",
            Mnemonic.Reservednop when code is Code.Reservednop_rm16_r16_0F0D
                or Code.Reservednop_rm32_r32_0F0D or Code.Reservednop_rm64_r64_0F0D =>
                "0F 0D with a register: a no-op on Intel, invalid on AMD",
            Mnemonic.Int3 => "ends every test case",
            Mnemonic.Cpuid or Mnemonic.Rdtsc or Mnemonic.Rdtscp or Mnemonic.Rdpmc
                or Mnemonic.Xgetbv => "virtualised: differs from the host by intent",
            Mnemonic.Lar or Mnemonic.Lsl or Mnemonic.Verr or Mnemonic.Verw or Mnemonic.Sgdt
                or Mnemonic.Sidt or Mnemonic.Sldt or Mnemonic.Str or Mnemonic.Smsw
                or Mnemonic.Arpl or Mnemonic.Lfs or Mnemonic.Lgs or Mnemonic.Lss =>
                "descriptor tables are the host kernel's",
            Mnemonic.In or Mnemonic.Out or Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd
                or Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd or Mnemonic.Cli
                or Mnemonic.Sti or Mnemonic.Hlt =>
                "privileged at IOPL 0: covered as faults of their own",
            Mnemonic.Ud0 or Mnemonic.Ud1 or Mnemonic.Ud2 => "covered as faults of their own",
            Mnemonic.Fstenv or Mnemonic.Fsave or Mnemonic.Fstcw or Mnemonic.Fstsw
                or Mnemonic.Finit or Mnemonic.Fclex or Mnemonic.Fdisi or Mnemonic.Feni
                or Mnemonic.Fsetpm =>
                "WAIT and another instruction, which Iced's encoder makes in one",
            Mnemonic.Fndisi or Mnemonic.Fneni or Mnemonic.Fnsetpm or Mnemonic.Frstpm
                or Mnemonic.Fstdw or Mnemonic.Fstsg or Mnemonic.Fnstdw or Mnemonic.Fnstsg =>
                "8087 to 387SL leftovers",
            Mnemonic.Umov or Mnemonic.Loadall or Mnemonic.Ibts or Mnemonic.Xbts =>
                "386 and 486 steppings only",
            _ => null,
        };
    }

    private static bool IsFar(Code code) =>
        code.FlowControl() is FlowControl.IndirectBranch or FlowControl.IndirectCall
        && (code.IsJmpFarIndirect() || code.IsCallFarIndirect());
}
