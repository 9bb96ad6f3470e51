using Dilaton.Core;
using Dilaton.Tests.Differential;
using Dilaton.Translator;
using Iced.Intel;

namespace Dilaton.Tests.Fuzz;

/// <summary>A program whose translations exceed the smallest code cache many times: it jumps to
/// every byte of two pages of one-byte instructions, each of which begins a block of its own.
/// </summary>
internal static class CodeCacheExhaustion
{
    private const int PadBytes = 0x2000;
    private const int CodeCacheBytes = 1 << 20;

    /// <summary>All that the translator has.</summary>
    private static readonly MemoryEventLevel[] s_levels =
    [
        MemoryEventLevel.Off, MemoryEventLevel.Window, MemoryEventLevel.Filtered, MemoryEventLevel.Full,
    ];

    public static int Run(TextWriter output)
    {
        TestCase test = GoldenVector.Blank("code cache exhaustion");
        ulong pad = TestLayout.Code.Start;
        ReadOnlySpan<byte> oneByte = [0x90, 0xF8, 0xF9, 0xF5, 0xFC, 0x98, 0x99, 0x9E, 0x9F, 0x91];
        SeededRandom random = new(1);
        foreach (ref byte b in test.Memory(pad, PadBytes))
        {
            b = random.Pick(oneByte);
        }

        BlockBuilder code = new(test, pad + PadBytes);
        code.Emit(Instruction.Create(Code.Inc_rm64, Register.R12));
        code.Emit(Instruction.Create(Code.Cmp_rm64_r64, Register.R12, Register.R13));
        int done = code.NewLabel();
        code.Branch(Code.Je_rel32_64, done);
        code.Emit(Instruction.Create(Code.Jmp_rm64, Register.R12));
        code.Bind(done);
        code.EmitBytes(0xCC);
        code.Finish();
        test.Begin.Registers.Rip = pad + PadBytes;
        test.Begin.Registers.R12 = pad;
        test.Begin.Registers.R13 = pad + PadBytes;
        using NativeRunner native = new(16);
        NativeResult expected = native.Run(test, isSingleStep: false);
        using TestAddressSpace space = new();
        int failures = 0;
        foreach (MemoryEventLevel level in s_levels)
        {
            using TranslatedRunner runner = new(space, new TranslatorOptions
            {
                VcpuCount = 1,
                CodeCacheBytes = CodeCacheBytes,
                BlockInstructionsMax = 64,
            });
            runner.SetEvents(level, new CoreCost(Ratio.One, 0));
            TranslatedResult result = runner.Run(
                test, [1_000_000], ulong.MaxValue, keepBoundaries: false);
            string difference = CpuState.Difference(expected.End, result.End)
                + result.Violations;
            output.WriteLine($"{level}: {result.Instructions} instructions\n{difference}");
            failures += difference.Length > 0 ? 1 : 0;
        }

        return failures;
    }
}
