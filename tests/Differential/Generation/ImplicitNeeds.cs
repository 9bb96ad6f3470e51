using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>What an instruction needs besides its explicit memory operand: pointers in rsi, rdi
/// and rsp, small counts, branch targets in memory, sane control words.</summary>
internal sealed class ImplicitNeeds(
    SeededRandom random, ulong fsBase, ulong gsBase, ulong branchTarget)
{
    private const ulong SaneFlags = 0xCD5;
    private readonly InstructionInfoFactory _factory = new();

    public bool TryAdd(BuiltInstruction built)
    {
        AddPointers(built);
        AddCounts(built);
        AddControlWords(built);
        return HasSaneBitOffset(built) && TryAddBranchTarget(built);
    }

    private void AddPointers(BuiltInstruction built)
    {
        ulong source = 0;
        foreach (UsedMemory memory in _factory.GetInfo(built.Instruction).GetUsedMemory())
        {
            if (memory.Base == Register.None || memory.Base.IsSegmentRegister()
                || built.Registers.ContainsKey(BuiltInstruction.Number(memory.Base)))
            {
                continue;
            }

            Register full = memory.Base.GetFullRegister();
            ulong value = full is Register.RSP or Register.RBP
                ? Inside(TestLayout.Stack)
                : random.OneIn(2) || memory.Base.GetSize() == 4
                ? Inside(TestLayout.Low)
                : Inside(TestLayout.High);
            if (full == Register.RDI && source != 0 && random.OneIn(3))
            {
                value = source + (ulong)(random.Below(48) - 24);
            }

            source = full == Register.RSI ? value : 0;
            value -= memory.Segment switch
            {
                Register.FS => fsBase,
                Register.GS => gsBase,
                _ => 0,
            };
            if (memory.Base.GetSize() == 4)
            {
                value = (uint)value | (random.Next() << 32);
            }

            built.TryNeed(full, value);
        }
    }

    private ulong Inside(MemoryRegion region)
    {
        ulong address = region.Start + 0x800 + (ulong)random.Below(region.SizeBytes - 0x1000);
        return random.Below(8) switch
        {
            < 5 => address & ~15UL,
            < 7 => address,
            _ => region.Start + 0x1000 - (ulong)random.Below(64),
        };
    }

    private void AddCounts(BuiltInstruction built)
    {
        ref readonly Instruction instruction = ref built.Instruction;
        if (instruction.HasRepPrefix || instruction.HasRepnePrefix)
        {
            ulong count = (ulong)(random.OneIn(2) ? random.Below(5) : random.Below(70));
            bool is32 = _factory.GetInfo(instruction).GetUsedRegisters()
                .Any(r => r.Register == Register.ECX);
            built.TryNeed(Register.RCX, is32 ? count | (random.Next() << 32) : count);
        }

        switch (instruction.Mnemonic)
        {
            case Mnemonic.Div or Mnemonic.Idiv when !random.OneIn(4)
                && instruction.Code is Code.Div_rm8 or Code.Idiv_rm8:
                built.TryNeed(Register.RAX, (ulong)random.Below(0x7F));
                break;
            case Mnemonic.Div when !random.OneIn(4):
                built.TryNeed(Register.RDX, (ulong)random.Below(3));
                built.TryNeed(Register.RAX, random.Next() >> random.Below(64));
                break;
            case Mnemonic.Idiv when !random.OneIn(4):
                ulong sign = random.OneIn(2) ? 0 : ulong.MaxValue;
                built.TryNeed(Register.RDX, sign);
                built.TryNeed(Register.RAX, (random.Next() >> random.Below(64)) ^ sign);
                break;
            case Mnemonic.Loop or Mnemonic.Loope or Mnemonic.Loopne or Mnemonic.Jecxz
                or Mnemonic.Jrcxz:
                built.TryNeed(
                    Register.RCX, random.Pick<ulong>([0, 1, 2, 0x1_0000_0000, ulong.MaxValue]));
                break;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc
                when instruction.Op0Kind == OpKind.Memory
                    && instruction.Op1Kind == OpKind.Register:
                built.TryNeed(instruction.Op1Register, (ulong)(random.Below(4000) - 2000));
                break;
        }
    }

    /// <summary>With 67h the upper half of a register is noise, and a bit offset in it would move
    /// the operand anywhere in the low 4 GiB.</summary>
    private static bool HasSaneBitOffset(BuiltInstruction built)
    {
        ref readonly Instruction instruction = ref built.Instruction;
        bool isBitTest = instruction.Mnemonic
            is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc;
        return !isBitTest || instruction.Op0Kind != OpKind.Memory
            || instruction.Op1Kind != OpKind.Register
            || Math.Abs((long)built.Registers[BuiltInstruction.Number(instruction.Op1Register)])
                < 4000;
    }

    private void AddControlWords(BuiltInstruction built)
    {
        switch (built.Instruction.Mnemonic)
        {
            case Mnemonic.Popf or Mnemonic.Popfd or Mnemonic.Popfq
                when built.Registers.TryGetValue(4, out ulong top):
                built.Memory.Add((top, (random.Next() & SaneFlags) | 0x202, 8));
                break;
            case Mnemonic.Ldmxcsr or Mnemonic.Vldmxcsr:
                built.Memory.Add((built.Target, Mxcsr(), 4));
                break;
            case Mnemonic.Fxrstor or Mnemonic.Fxrstor64:
                built.Memory.Add((built.Target, 0x037F, 4));
                built.Memory.Add((built.Target + 24, Mxcsr(), 4));
                break;
            case Mnemonic.Fldcw or Mnemonic.Fldenv or Mnemonic.Frstor:
                built.Memory.Add((built.Target, 0x7FUL | ((ulong)random.Below(16) << 8), 2));
                ulong status = ((ulong)random.Below(8) << 11) | ((ulong)random.Below(8) << 8);
                bool isShort = built.Instruction.Code
                    is Code.Fldenv_m14byte or Code.Frstor_m94byte;
                if (built.Instruction.Mnemonic != Mnemonic.Fldcw)
                {
                    built.Memory.Add((built.Target + (isShort ? 2UL : 4), status, 2));
                }

                break;
        }
    }

    private ulong Mxcsr() =>
        0x1F80UL | ((ulong)random.Below(4) << 13) | (random.OneIn(3) ? 0x8040UL : 0);

    private bool TryAddBranchTarget(BuiltInstruction built)
    {
        ref readonly Instruction instruction = ref built.Instruction;
        switch (instruction.FlowControl)
        {
            case FlowControl.Return:
                built.Memory.Add((built.Registers[4], branchTarget, 8));
                return true;
            case FlowControl.IndirectBranch or FlowControl.IndirectCall:
                if (instruction.Op0Kind == OpKind.Register)
                {
                    return built.TryNeed(instruction.Op0Register, branchTarget);
                }

                built.Memory.Add((built.Target, branchTarget, 8));
                return true;
            default:
                return true;
        }
    }
}
