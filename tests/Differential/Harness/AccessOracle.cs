using Dilaton.Core;
using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>What the memory records of a single-stepped run must be, from Iced's description of
/// each executed instruction and the registers before it.</summary>
internal sealed class AccessOracle
{
    private const int LineBytes = 64;
    private readonly InstructionInfoFactory _factory = new();
    private readonly List<OracleAccess> _accesses = [];
    private NativeResult _native = null!;
    private ulong _instructions;
    private ulong _line;
    private int _step;

    /// <summary>Accesses in program order. A repeated string instruction's are one per iteration.
    /// </summary>
    public IReadOnlyList<OracleAccess> Accesses => _accesses;

    /// <summary>Instructions retired.</summary>
    public ulong Instructions => _instructions;

    /// <summary>The step at which each instruction began, by its number.</summary>
    public List<int> FirstSteps { get; } = [];

    public void Trace(TestCase test, NativeResult native)
    {
        _native = native;
        _accesses.Clear();
        FirstSteps.Clear();
        _instructions = 0;
        _line = ulong.MaxValue;
        IsUnfinished = false;
        int executed = native.Steps.Length
            - (native.EndedByStepLimit || native.EndedBySystemCall ? 0 : 1);
        for (int i = 0; i < executed; i++)
        {
            _step = i;
            CpuState before = native.Steps[i];
            Instruction instruction = TestCase.Decode(test.Image, before.Rip);
            if (instruction.IsVsib && native.Steps[Math.Min(i + 1, native.Steps.Length - 1)].Rip
                == before.Rip)
            {
                // A gather that faults after some elements traps once before it does.
                continue;
            }

            bool isRepeated = instruction.IsStringInstruction
                && (instruction.HasRepPrefix || instruction.HasRepnePrefix);
            bool isContinued = isRepeated && i > 0 && native.Steps[i - 1].Rip == before.Rip;
            if (!isContinued)
            {
                FirstSteps.Add(i);
                _instructions++;
                Fetch(instruction);
            }

            if (!isRepeated || Count(instruction, before) != 0)
            {
                Data(instruction, before, isRepeated);
            }
        }

        DropUnfinished(test, executed);
    }

    private static ulong Count(in Instruction instruction, CpuState state)
    {
        bool is32 = instruction.Op0Kind is OpKind.MemoryESEDI or OpKind.MemorySegESI
            || instruction.Op1Kind is OpKind.MemoryESEDI or OpKind.MemorySegESI;
        return is32 ? (uint)state.Registers.Rcx : state.Registers.Rcx;
    }

    /// <summary>A repeated instruction that faulted midway has not retired.</summary>
    private void DropUnfinished(TestCase test, int executed)
    {
        if (executed == 0)
        {
            return;
        }

        ulong next = executed < _native.Steps.Length
            ? _native.Steps[executed].Rip
            : _native.End.Rip;
        Instruction last = TestCase.Decode(test.Image, _native.Steps[executed - 1].Rip);
        if (next == _native.Steps[executed - 1].Rip
            && last.IsStringInstruction && (last.HasRepPrefix || last.HasRepnePrefix))
        {
            IsUnfinished = true;
            _instructions--;
            ulong unfinished = _instructions;
            _accesses.RemoveAll(
                a => a.Kind == MemoryEventKind.Fetch && a.Instruction == unfinished);
        }
        else
        {
            IsUnfinished = false;
        }
    }

    /// <summary>The run ended by a fault within a repeated string instruction.</summary>
    public bool IsUnfinished { get; private set; }

    /// <summary>One record per line entered: the line differs from that of the byte fetched
    /// before.</summary>
    private void Fetch(in Instruction instruction)
    {
        ulong last = (instruction.NextIP - 1) >> 6;
        for (ulong line = instruction.IP >> 6; line <= last; line++)
        {
            if (line != _line)
            {
                _accesses.Add(new OracleAccess(
                    _instructions - 1, line << 6, 64, MemoryEventKind.Fetch, IsRepeated: false));
                _line = line;
            }
        }
    }

    private void Data(in Instruction instruction, CpuState state, bool isRepeated)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Nop or Mnemonic.Reservednop or Mnemonic.Lea:
                return;
            case Mnemonic.Enter:
                Enter(instruction, state);
                return;
            case Mnemonic.Vmaskmovps or Mnemonic.Vmaskmovpd or Mnemonic.Vpmaskmovd
                or Mnemonic.Vpmaskmovq or Mnemonic.Maskmovq or Mnemonic.Maskmovdqu
                or Mnemonic.Vmaskmovdqu:
                Masked(instruction, state);
                return;
        }

        if (Hint(instruction) is { } hint)
        {
            Hinted(instruction, state, hint);
            return;
        }

        List<OracleAccess> loads = [];
        List<OracleAccess> stores = [];
        foreach (UsedMemory memory in _factory.GetInfo(instruction).GetUsedMemory())
        {
            MemoryEventKind? kind = Kind(instruction, memory.Access);
            if (kind is null)
            {
                continue;
            }

            List<OracleAccess> list = kind is MemoryEventKind.Store ? stores : loads;
            foreach ((ulong address, int size) in Addresses(instruction, memory, state))
            {
                for (int done = 0; done < size; done += LineBytes)
                {
                    list.Add(new OracleAccess(
                        _instructions - 1, address + (ulong)done,
                        Math.Min(LineBytes, size - done), kind.Value, isRepeated, _step));
                }
            }
        }

        _accesses.AddRange(loads);
        _accesses.AddRange(stores);
    }

    private void Enter(in Instruction instruction, CpuState state)
    {
        int size = instruction.Code == Code.Enterw_imm16_imm8 ? 2 : 8;
        int level = instruction.Immediate8_2nd & 31;
        ulong stack = state.Registers.Rsp;
        ulong frame = state.Registers.Rbp;
        void Add(ulong address, MemoryEventKind kind) => _accesses.Add(
            new OracleAccess(_instructions - 1, address, size, kind, IsRepeated: false));
        Add(stack -= (ulong)size, MemoryEventKind.Store);
        for (int i = 1; i < level; i++)
        {
            Add(frame -= (ulong)size, MemoryEventKind.Load);
            Add(stack -= (ulong)size, MemoryEventKind.Store);
        }

        if (level > 0)
        {
            Add(stack - (ulong)size, MemoryEventKind.Store);
        }
    }

    /// <summary>One access per element whose mask bit is set.</summary>
    private void Masked(Instruction instruction, CpuState state)
    {
        bool isByte = instruction.Op0Kind is OpKind.MemorySegRDI or OpKind.MemorySegEDI;
        bool isStore = isByte || instruction.Op0Kind == OpKind.Memory;
        int size = isByte ? 1
            : instruction.Mnemonic is Mnemonic.Vmaskmovpd or Mnemonic.Vpmaskmovq ? 8 : 4;
        Register mask = isByte ? instruction.Op2Register : instruction.Op1Register;
        int operand = isStore ? 0 : 2;
        ulong address = instruction.GetVirtualAddress(operand, 0, (register, element, bytes) =>
        {
            Reader(state)(register, element, bytes, out ulong value);
            return value;
        });
        for (int i = 0; i < mask.GetSize(); i += size)
        {
            byte bits = mask.IsMM()
                ? state.Extended[32 + (16 * (mask - Register.MM0)) + i]
                : state.YmmByte(mask.GetFullRegister() - Register.ZMM0, i + size - 1);
            if ((bits & 0x80) != 0)
            {
                _accesses.Add(new OracleAccess(
                    _instructions - 1, address + (ulong)i, size,
                    isStore ? MemoryEventKind.Store : MemoryEventKind.Load, IsRepeated: false));
            }
        }
    }

    /// <summary>Prefetches and flushes are no accesses to Iced; they name a line.</summary>
    private static MemoryEventKind? Hint(in Instruction instruction) => instruction.Mnemonic switch
    {
        Mnemonic.Prefetchnta or Mnemonic.Prefetcht0 or Mnemonic.Prefetcht1
            or Mnemonic.Prefetcht2 or Mnemonic.Prefetchw or Mnemonic.Prefetchwt1
            or Mnemonic.Prefetch => MemoryEventKind.Prefetch,
        Mnemonic.Clflush or Mnemonic.Clflushopt or Mnemonic.Clwb => MemoryEventKind.Flush,
        _ => null,
    };

    private void Hinted(Instruction instruction, CpuState state, MemoryEventKind kind)
    {
        ulong address = instruction.GetVirtualAddress(0, 0, (register, element, bytes) =>
        {
            Reader(state)(register, element, bytes, out ulong value);
            return value;
        });
        if (TestLayout.IsMapped(address, 1))
        {
            _accesses.Add(new OracleAccess(
                _instructions - 1, address, 1, kind, IsRepeated: false));
        }
    }

    private static MemoryEventKind? Kind(in Instruction instruction, OpAccess access)
    {
        switch (access)
        {
            case OpAccess.Read or OpAccess.CondRead:
                return MemoryEventKind.Load;
            case OpAccess.Write or OpAccess.CondWrite:
                return MemoryEventKind.Store;
            case OpAccess.ReadWrite or OpAccess.ReadCondWrite:
                bool isAtomic = instruction.HasLockPrefix
                    || instruction.Mnemonic == Mnemonic.Xchg;
                return isAtomic ? MemoryEventKind.Atomic : MemoryEventKind.Modify;
            default:
                return null;
        }
    }

    private IEnumerable<(ulong Address, int Size)> Addresses(
        Instruction instruction, UsedMemory memory, CpuState state)
    {
        if (memory.VsibSize != 0)
        {
            return Gather(instruction, memory, state);
        }

        memory.TryGetVirtualAddress(0, out ulong address, Reader(state));
        int size = memory.MemorySize.GetSize();
        if (instruction.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc
            && instruction.Op1Kind == OpKind.Register)
        {
            size = instruction.Op1Register.GetSize();
            address += BitOffsetBytes(state, instruction.Op1Register, size);
        }

        return [(address, size == 0 ? instruction.MemorySize.GetSize() : size)];
    }

    private static ulong BitOffsetBytes(CpuState state, Register register, int size)
    {
        ulong value = state.Words[BuiltInstruction.Number(register)];
        long offset = size switch
        {
            2 => (short)value,
            4 => (int)value,
            _ => (long)value,
        };
        int shift = size switch
        {
            2 => 4,
            4 => 5,
            _ => 6,
        };
        return (ulong)((offset >> shift) * size);
    }

    private static List<(ulong Address, int Size)> Gather(
        Instruction instruction, UsedMemory memory, CpuState state)
    {
        int size = instruction.MemorySize.GetSize();
        int count = instruction.Op0Register.GetSize() / size;
        int indices = memory.Index.GetSize() / memory.VsibSize;
        int mask = instruction.Op2Register - (instruction.Op2Register.IsYMM()
            ? Register.YMM0
            : Register.XMM0);
        List<(ulong, int)> result = [];
        for (int i = 0; i < Math.Min(count, indices); i++)
        {
            if ((state.YmmByte(mask, ((i + 1) * size) - 1) & 0x80) != 0)
            {
                memory.TryGetVirtualAddress(i, out ulong address, Reader(state));
                result.Add((address, size));
            }
        }

        return result;
    }

    private static VATryGetRegisterValue Reader(CpuState state) =>
        (Register register, int element, int elementSize, out ulong value) =>
        {
            value = register switch
            {
                Register.FS => state.Registers.FsBase,
                Register.GS => state.Registers.GsBase,
                Register.ES or Register.CS or Register.SS or Register.DS => 0,
                _ when register.IsGPR() => General(state, register),
                _ => VectorElement(state, register, element, elementSize),
            };
            return true;
        };

    private static ulong General(CpuState state, Register register)
    {
        ulong full = state.Words[BuiltInstruction.Number(register)];
        return register.GetSize() switch
        {
            1 => (byte)full,
            2 => (ushort)full,
            4 => (uint)full,
            _ => full,
        };
    }

    private static ulong VectorElement(CpuState state, Register register, int element, int size)
    {
        int number = register.IsYMM() ? register - Register.YMM0 : register - Register.XMM0;
        ulong value = 0;
        for (int i = size - 1; i >= 0; i--)
        {
            value = (value << 8) | state.YmmByte(number, (element * size) + i);
        }

        return size == 4 ? (ulong)(int)value : value;
    }
}
