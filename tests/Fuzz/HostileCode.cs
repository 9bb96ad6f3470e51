using Dilaton.Core;
using Dilaton.Tests.Differential;
using Iced.Intel;

namespace Dilaton.Tests.Fuzz;

/// <summary>Code that nobody would write: random bytes, programs with flipped bytes, jumps into
/// the middle of instructions.</summary>
internal static class HostileCode
{
    public const int StepMax = 256;
    private static readonly HashSet<Code> s_tested = [.. Encodings.Tested];

    public static TestCase RandomBytes(ulong seed)
    {
        SeededRandom random = new(seed);
        TestCase test = Bare($"random bytes {seed}", random);
        random.Fill(test.Memory(TestLayout.Code.Start, TestLayout.Code.SizeBytes));
        SpreadPointers(test, random);
        return test;
    }

    /// <summary>A program of the differential test with some bytes changed.</summary>
    public static TestCase FlippedBytes(ulong seed)
    {
        SeededRandom random = new(seed);
        TestCase whole = BlockGenerator.Make(seed);
        TestCase test = new()
        {
            Name = $"flipped bytes {seed}",
            Image = whole.Image,
            StepMax = StepMax,
        };
        test.Begin.Registers = whole.Begin.Registers;
        whole.Begin.Extended.CopyTo(test.Begin.Extended, 0);
        int flips = 1 + random.Below(6);
        for (int i = 0; i < flips; i++)
        {
            test.Memory(whole.Begin.Rip + (ulong)random.Below(0x80), 1)[0] ^= (byte)random.Next();
        }

        return test;
    }

    /// <summary>Valid code entered and left at random places, through registers, the stack and
    /// tables.</summary>
    public static TestCase RandomJumps(ulong seed)
    {
        SeededRandom random = new(seed);
        TestCase test = Bare($"random jumps {seed}", random);
        Span<byte> code = test.Memory(TestLayout.Code.Start, TestLayout.Code.SizeBytes);
        Span<byte> target = stackalloc byte[8];
        for (int i = 0; i + 16 < code.Length; i += 16)
        {
            ulong address = TestLayout.Code.Start + (ulong)random.Below(code.Length);
            BitConverter.TryWriteBytes(target, address);
            ReadOnlySpan<byte> jump = random.Below(4) switch
            {
                0 => [0x48, 0xC7, 0xC0, target[0], target[1], target[2], 0, 0xFF, 0xE0],
                1 => [0x68, target[0], target[1], target[2], 0, 0xC3],
                2 => [0xE8, (byte)random.Next(), (byte)(random.Next() & 0x1F), 0, 0],
                _ => [0x75, (byte)random.Next(), 0xEB, (byte)random.Next()],
            };
            jump.CopyTo(code[i..]);
            code[(i + jump.Length)..(i + 16)].Fill(random.OneIn(2) ? (byte)0x90 : (byte)0x40);
        }

        return test;
    }

    /// <summary>All that ran natively is what the translator promises to run alike.</summary>
    public static bool IsComparable(TestCase test, NativeResult native)
    {
        if (native.EndedBySystemCall || test.CodeIsWritable)
        {
            return false;
        }

        int executed = native.Steps.Length - (native.EndedByStepLimit ? 0 : 1);
        for (int i = 0; i < executed; i++)
        {
            Instruction instruction = TestCase.Decode(test.Image, native.Steps[i].Rip);
            if (!s_tested.Contains(instruction.Code) || IsOdd(instruction))
            {
                return false;
            }
        }

        if (native.EndedByStepLimit)
        {
            return true;
        }

        Instruction last = TestCase.Decode(test.Image, native.End.Rip);
        return !IsKnownToDiffer(native, last) && ((s_tested.Contains(last.Code) && !IsOdd(last)) || last.Code == Code.Int3);
    }

    /// <summary>The engine's own memory is mapped; and a branch to an address that is not
    /// canonical faults at its target, not at the branch.</summary>
    private static bool IsKnownToDiffer(NativeResult native, in Instruction last) =>
        (native.Vector == (int)FaultVector.PageFault
            && native.FaultAddress is >= GuestLayout.EngineStart - 0x1000
                and < GuestLayout.EngineEnd)
        || (native.Vector == (int)FaultVector.GeneralProtection && last.FlowControl
            is FlowControl.Return or FlowControl.IndirectBranch or FlowControl.IndirectCall);

    /// <summary>x87 state images hold addresses of code; POPF may set flags that single-stepping
    /// or the host keeps to itself; 67h bit offsets reach anywhere below 4 GiB; string instructions
    /// and the like with fs: or gs: are refused as undefined.</summary>
    private static bool IsOdd(in Instruction instruction) => instruction.Mnemonic
        is Mnemonic.Fnstenv or Mnemonic.Fnsave or Mnemonic.Fxsave or Mnemonic.Fxsave64
        or Mnemonic.Popf or Mnemonic.Popfq or Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr
        or Mnemonic.Btc
        || (instruction.SegmentPrefix is Register.FS or Register.GS
            && (instruction.IsStringInstruction || instruction.Mnemonic is Mnemonic.Xlatb
                or Mnemonic.Maskmovq or Mnemonic.Maskmovdqu or Mnemonic.Vmaskmovdqu));

    private static TestCase Bare(string name, SeededRandom random)
    {
        TestCase begin = SystematicCases.NewCase(name, random);
        TestCase test = new() { Name = name, Image = begin.Image, StepMax = StepMax };
        test.Begin.Registers = begin.Begin.Registers;
        begin.Begin.Extended.CopyTo(test.Begin.Extended, 0);
        return test;
    }

    /// <summary>Most registers point somewhere, so that code lives a little.</summary>
    private static void SpreadPointers(TestCase test, SeededRandom random)
    {
        MemoryRegion[] regions =
            [TestLayout.Low, TestLayout.High, TestLayout.Stack, TestLayout.Code];
        for (int i = 0; i < 16; i++)
        {
            if (!random.OneIn(4) && i != 4)
            {
                MemoryRegion region = regions[random.Below(regions.Length)];
                test.Begin.Words[i] = region.Start + 0x800 + (ulong)random.Below(0x1000);
            }
        }
    }
}
