using Dilaton.Tests.Differential;
using Iced.Intel;

namespace Dilaton.Tests.Fuzz;

/// <summary>Loops that patch their own instructions: ahead of rip, behind it, the very next one,
/// on their own page and on the other, with stores of every kind.</summary>
internal static class SelfModifyingCode
{
    private const int Other = 0x1000;

    public static TestCase Make(ulong seed)
    {
        SeededRandom random = new(seed);
        TestCase test = SystematicCases.NewCase(
            $"self-modifying {seed}", random, codeIsWritable: true);
        test.Begin.Registers.Rip = TestLayout.Code.Start + 0x100;
        test.Begin.Registers.Rflags &= ~0x400UL;
        BlockBuilder code = new(test, test.Begin.Rip);
        BlockBuilder callee = new(test, test.Begin.Rip + Other);
        ulong far = callee.Rip + 2;
        callee.Emit(Instruction.Create(Code.Add_rm32_imm32, Register.EDX, 1));
        callee.Emit(Instruction.Create(Code.Retnq));
        code.Load(Register.RBX, (ulong)(2 + random.Below(20)));
        int head = code.NewLabel();
        code.Bind(head);
        int steps = 2 + random.Below(5);
        for (int i = 0; i < steps; i++)
        {
            Patch(code, random, far, test.Begin.Rip + Other);
        }

        code.Emit(Instruction.Create(Code.Dec_rm64, Register.RBX));
        code.Branch(Code.Jne_rel32_64, head);
        code.EmitBytes(0xCC);
        code.Finish();
        return test;
    }

    private static void Patch(BlockBuilder code, SeededRandom random, ulong far, ulong callee)
    {
        switch (random.Below(6))
        {
            case 0: // The other page, then a call of it.
                Store(code, random, far);
                Call(code, callee);
                break;
            case 1: // Ahead.
                Ahead(code, random, gap: 1 + random.Below(4));
                break;
            case 2: // The very next instruction.
                Ahead(code, random, gap: 0);
                break;
            case 3: // Behind: seen in the next round.
                ulong behind = code.Rip + 2;
                code.Emit(Instruction.Create(Code.Add_rm32_imm32, Register.ECX, 3));
                Store(code, random, behind);
                break;
            case 4: // The store's own immediate.
                Instruction own = Instruction.Create(
                    Code.Add_rm32_imm32, Absolute(code.Rip + 7), 0x01010101);
                code.Emit(own);
                break;
            default: // By a string instruction.
                code.Load(Register.RDI, far);
                code.Load(Register.RCX, 4);
                code.Load(Register.RAX, random.Next() & 0xFF);
                code.EmitBytes(0xF3, 0xAA);
                Call(code, callee);
                break;
        }
    }

    private static void Call(BlockBuilder code, ulong target)
    {
        code.Load(Register.RAX, target);
        code.Emit(Instruction.Create(Code.Call_rm64, Register.RAX));
    }

    private static void Ahead(BlockBuilder code, SeededRandom random, int gap)
    {
        // Both forms of the store have the same length, so the place is known beforehand.
        ulong patched = code.Rip + 11 + (ulong)gap + 2;
        code.Emit(Instruction.Create(
            Code.Mov_rm32_imm32, Absolute(patched), (uint)random.Next()));
        for (int i = 0; i < gap; i++)
        {
            code.EmitBytes(0x90);
        }

        code.Emit(Instruction.Create(Code.Add_rm32_imm32, Register.ECX, 0));
    }

    private static void Store(BlockBuilder code, SeededRandom random, ulong address)
    {
        code.Emit(random.Below(3) switch
        {
            0 => Instruction.Create(Code.Mov_rm32_imm32, Absolute(address), (uint)random.Next()),
            1 => Instruction.Create(Code.Inc_rm8, Absolute(address)),
            _ => Instruction.Create(Code.Xor_rm8_imm8, Absolute(address), (int)(random.Next() & 0x7F)),
        });
    }

    private static MemoryOperand Absolute(ulong address) =>
        new(Register.None, Register.None, 1, (long)address, 8);
}
