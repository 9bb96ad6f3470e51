using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>Makes the golden vectors of tests/vectors/translator from native runs: an encoding per
/// mnemonic and operand class, in a state that is blank but for what the instruction uses.
/// </summary>
internal static partial class VectorMaker
{
    /// <summary>Results are approximations, or undefined for some operands, and differ between
    /// makers of processors; or the memory image holds addresses of code.</summary>
    private static readonly HashSet<Mnemonic> s_unportable =
    [
        Mnemonic.Rcpps, Mnemonic.Rcpss, Mnemonic.Rsqrtps, Mnemonic.Rsqrtss, Mnemonic.Vrcpps,
        Mnemonic.Vrcpss, Mnemonic.Vrsqrtps, Mnemonic.Vrsqrtss, Mnemonic.F2xm1, Mnemonic.Fsin,
        Mnemonic.Fcos, Mnemonic.Fsincos, Mnemonic.Fptan, Mnemonic.Fpatan, Mnemonic.Fyl2x,
        Mnemonic.Fyl2xp1, Mnemonic.Fprem, Mnemonic.Fprem1, Mnemonic.Fscale, Mnemonic.Shld,
        Mnemonic.Shrd, Mnemonic.Bsf, Mnemonic.Bsr, Mnemonic.Fnstenv, Mnemonic.Fnsave,
        Mnemonic.Fxsave, Mnemonic.Fxsave64, Mnemonic.Fldenv, Mnemonic.Frstor, Mnemonic.Fxrstor,
        Mnemonic.Fxrstor64, Mnemonic.Clwb, Mnemonic.Clflush, Mnemonic.Clflushopt,
    ];

    public static void Write(string folder, ulong seed)
    {
        using NativeRunner runner = new(64);
        SortedDictionary<string, List<string>> files = new(StringComparer.Ordinal);
        Dictionary<string, int> seen = [];
        foreach (Code code in Encodings.Tested)
        {
            if (s_unportable.Contains(code.Mnemonic()))
            {
                continue;
            }

            bool isNarrow = new Instruction { Code = code }.IsStringInstruction
                || code.FlowControl() != FlowControl.Next;
            string key = isNarrow ? code.ToString() : $"{code.Mnemonic()}";
            int used = seen.GetValueOrDefault(key);
            if (used >= 1)
            {
                continue;
            }

            int variant = (int)(((ulong)code + seed) % SystematicCases.VariantsPerCode);
            GoldenVector? vector = null;
            for (int i = 0; i < SystematicCases.VariantsPerCode && vector is null; i++)
            {
                vector = TryMake(
                    runner, code, (variant + i) % SystematicCases.VariantsPerCode, seed);
            }

            if (vector is not null)
            {
                seen[key] = used + 1;
                string file = FileOf(code);
                files.TryAdd(file, []);
                files[file].Add(vector.Write());
            }
        }

        Directory.CreateDirectory(folder);
        foreach ((string file, List<string> vectors) in files)
        {
            string header = "# Made by native runs: GoldenVector.cs explains the format.\n\n";
            File.WriteAllText(
                Path.Combine(folder, file + ".txt"), header + string.Join('\n', vectors));
        }
    }

    private static string FileOf(Code code)
    {
        CpuidFeature feature = code.CpuidFeatures()[0];
        if (new Instruction { Code = code }.IsStringInstruction)
        {
            return "string";
        }

        if (code.FlowControl() != FlowControl.Next)
        {
            return "branch";
        }

        return feature switch
        {
            CpuidFeature.FPU or CpuidFeature.FPU287 or CpuidFeature.FPU387 => "x87",
            CpuidFeature.MMX => "mmx",
            CpuidFeature.SSE or CpuidFeature.SSE2 or CpuidFeature.FXSR => "sse",
            CpuidFeature.SSE3 or CpuidFeature.SSSE3 or CpuidFeature.SSE4_1
                or CpuidFeature.SSE4_2 => "sse4",
            CpuidFeature.AES or CpuidFeature.SHA or CpuidFeature.PCLMULQDQ => "crypto",
            CpuidFeature.AVX => "avx",
            CpuidFeature.AVX2 or CpuidFeature.FMA or CpuidFeature.F16C => "avx2",
            CpuidFeature.BMI1 or CpuidFeature.BMI2 or CpuidFeature.LZCNT
                or CpuidFeature.POPCNT or CpuidFeature.MOVBE => "bmi",
            _ => "integer",
        };
    }

    private static GoldenVector? TryMake(NativeRunner runner, Code code, int variant, ulong seed)
    {
        TestCase? random = SystematicCases.TryMake(code, variant, seed);
        if (random is null)
        {
            return null;
        }

        NativeResult first = runner.Run(random, isSingleStep: true);
        if (first.Vector != 3 || first.Steps.Length < 2)
        {
            return null;
        }

        TestCase test = Simplify(random, first);
        NativeResult native = runner.Run(test, isSingleStep: false);
        if (native.Vector != 3 || native.End.Rip != first.End.Rip)
        {
            return null;
        }

        return new GoldenVector
        {
            Test = test,
            End = native.End,
            EndImage = native.Image,
            Vector = native.Vector,
        };
    }

    /// <summary>Keeps only the state and memory that the instruction reads or writes.</summary>
    private static TestCase Simplify(TestCase random, NativeResult native)
    {
        TestCase test = GoldenVector.Blank(random.Name);
        ulong rip = random.Begin.Rip;
        Instruction instruction = TestCase.Decode(random.Image, rip);
        random.Memory(rip, instruction.Length).CopyTo(test.Memory(rip, instruction.Length));
        CpuState from = random.Begin;
        CpuState to = test.Begin;
        to.Registers.Rip = rip;
        to.Registers.Rflags = from.Registers.Rflags;
        if (instruction.SegmentPrefix is Register.FS or Register.GS)
        {
            to.Registers.FsBase = from.Registers.FsBase;
            to.Registers.GsBase = from.Registers.GsBase;
        }

        foreach (UsedRegister used in new InstructionInfoFactory().GetInfo(instruction)
            .GetUsedRegisters())
        {
            Register register = used.Register;
            if (register.IsGPR())
            {
                int number = BuiltInstruction.Number(register);
                to.Words[number] = from.Words[number];
            }
            else if (register.IsVectorRegister())
            {
                int number = register.GetFullRegister() - Register.ZMM0;
                from.Xmm(number).CopyTo(to.Xmm(number));
                from.YmmHigh(number).CopyTo(to.YmmHigh(number));
            }
        }

        from.Extended.AsSpan(24, 4).CopyTo(to.Extended.AsSpan(24));
        if (FileOf(instruction.Code) is "x87" or "mmx"
            || MmUser().IsMatch(instruction.ToString()))
        {
            from.Extended.AsSpan(0, 160).CopyTo(to.Extended);
        }

        AccessOracle oracle = new();
        oracle.Trace(random, native);
        foreach (OracleAccess access in oracle.Accesses)
        {
            if (access.Kind != Core.MemoryEventKind.Fetch
                && TestLayout.IsMapped(access.Address, Math.Max(1, access.SizeBytes)))
            {
                random.Memory(access.Address, access.SizeBytes)
                    .CopyTo(test.Memory(access.Address, access.SizeBytes));
            }
        }

        return test;
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\bmm[0-7]")]
    private static partial System.Text.RegularExpressions.Regex MmUser();
}
