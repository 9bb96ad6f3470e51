using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Works out the accesses of instructions where they depend on data: repeated string
/// instructions, gathers, masked moves, bit tests with a register offset, state saves. Before the
/// instruction runs, <see cref="Capture"/> looks at the registers; after it, <see cref="Complete"/>
/// sees how far it came.</summary>
internal sealed class DynamicAccesses
{
    private const int LineBytes = 64;
    private const ulong LineMask = LineBytes - 1;
    private const int FlagDirection = 0x400;
    private const int Rax = 0;
    private const int Rcx = 1;
    private const int Rbx = 3;
    private const int Rsp = 4;
    private const int Rbp = 5;
    private const int Rsi = 6;
    private const int Rdi = 7;

    private readonly List<DynamicRecord> _records = [];
    private ulong _count;
    private ulong _source;
    private ulong _destination;

    public List<DynamicRecord> Records => _records;

    public int Loads
    {
        get
        {
            int loads = 0;
            foreach (DynamicRecord record in _records)
            {
                loads += record.Kind is MemoryEventKind.Load or MemoryEventKind.Modify
                    or MemoryEventKind.Atomic ? 1 : 0;
            }

            return loads;
        }
    }

    public static bool IsRepeated(in Instruction instruction) =>
        instruction.IsStringInstruction
        && (instruction.HasRepPrefix || instruction.HasRepnePrefix);

    public void Capture(in Instruction instruction, VcpuContext vcpu)
    {
        _records.Clear();
        if (IsRepeated(instruction))
        {
            ulong mask = AddressMask(instruction);
            _count = vcpu.Register(Rcx) & mask;
            _source = vcpu.Register(Rsi) & mask;
            _destination = vcpu.Register(Rdi) & mask;
            return;
        }

        switch (instruction.Mnemonic)
        {
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc:
                CaptureBitTest(instruction, vcpu);
                break;
            case Mnemonic.Enter:
                CaptureEnter(instruction, vcpu);
                break;
            case Mnemonic.Xlatb:
                CaptureTranslate(instruction, vcpu);
                break;
            case Mnemonic.Vmaskmovps or Mnemonic.Vmaskmovpd or Mnemonic.Vpmaskmovd
                or Mnemonic.Vpmaskmovq:
                CaptureMaskedMove(instruction, vcpu);
                break;
            case Mnemonic.Maskmovdqu or Mnemonic.Vmaskmovdqu or Mnemonic.Maskmovq:
                CaptureByteMask(instruction, vcpu);
                break;
            default:
                if (instruction.IsVsib)
                {
                    CaptureGather(instruction, vcpu);
                }
                else
                {
                    CaptureState(instruction, vcpu);
                }

                break;
        }
    }

    /// <summary>The instruction has run, or has faulted on the way.</summary>
    public void Complete(in Instruction instruction, VcpuContext vcpu)
    {
        if (!IsRepeated(instruction))
        {
            return;
        }

        ulong left = vcpu.Register(Rcx) & AddressMask(instruction);
        bool down = (vcpu.Registers.Rflags & FlagDirection) != 0;
        int size = instruction.MemorySize.GetSize();
        ulong segment = SegmentBase(instruction, vcpu);
        RepeatShape(instruction, out bool reads, out bool second, out MemoryEventKind kind);
        AddChunks(
            new Stream(reads, _source + segment, MemoryEventKind.Load),
            new Stream(second, _destination, kind),
            _count - left,
            (ulong)size,
            down);
    }

    private static void RepeatShape(
        in Instruction instruction, out bool source, out bool destination, out MemoryEventKind kind)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq:
                (source, destination, kind) = (true, false, MemoryEventKind.Load);
                break;
            case Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq:
                (source, destination, kind) = (false, true, MemoryEventKind.Store);
                break;
            case Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq:
                (source, destination, kind) = (false, true, MemoryEventKind.Load);
                break;
            case Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq:
                (source, destination, kind) = (true, true, MemoryEventKind.Load);
                break;
            default:
                (source, destination, kind) = (true, true, MemoryEventKind.Store);
                break;
        }
    }

    /// <summary>Both streams advance together, in chunks that stay within a line of each.</summary>
    private void AddChunks(
        in Stream source, in Stream destination, ulong count, ulong size, bool down)
    {
        ulong from = source.Start;
        ulong to = destination.Start;
        while (count > 0)
        {
            ulong fits = count;
            fits = source.Exists ? Math.Min(fits, Room(from, size, down)) : fits;
            fits = destination.Exists ? Math.Min(fits, Room(to, size, down)) : fits;
            ulong bytes = fits * size;
            ulong back = down ? bytes - size : 0;
            if (source.Exists)
            {
                _records.Add(new DynamicRecord(from - back, (byte)bytes, source.Kind));
            }

            if (destination.Exists)
            {
                _records.Add(new DynamicRecord(to - back, (byte)bytes, destination.Kind));
            }

            from = down ? from - bytes : from + bytes;
            to = down ? to - bytes : to + bytes;
            count -= fits;
        }
    }

    /// <summary>Elements from the address on that lie within its line, at least one.</summary>
    private static ulong Room(ulong address, ulong size, bool down)
    {
        ulong offset = address & LineMask;
        ulong bytes = down ? offset + size : LineBytes - offset;
        return Math.Clamp(down && offset + size > LineBytes ? 1 : bytes / size, 1, LineBytes / size);
    }

    private void CaptureBitTest(in Instruction instruction, VcpuContext vcpu)
    {
        int bytes = instruction.MemorySize.GetSize();
        long bit = (long)vcpu.Register(InstructionAnalyzer.NumberOf(instruction.Op1Register));
        bit = bytes switch { 2 => (short)bit, 4 => (int)bit, _ => bit };
        long element = bytes switch { 2 => bit >> 4, 4 => bit >> 5, _ => bit >> 6 };
        MemoryEventKind kind = instruction.Mnemonic == Mnemonic.Bt
            ? MemoryEventKind.Load
            : instruction.HasLockPrefix ? MemoryEventKind.Atomic : MemoryEventKind.Modify;
        ulong segment = SegmentBase(instruction, vcpu);
        ulong address = Address(instruction, vcpu) - segment + (ulong)(element * bytes);
        bool narrow = instruction.MemoryBase.IsGPR32() || instruction.MemoryIndex.IsGPR32();
        address = (narrow ? (uint)address : address) + segment;
        _records.Add(new DynamicRecord(address, (byte)bytes, kind));
    }

    private void CaptureEnter(in Instruction instruction, VcpuContext vcpu)
    {
        int bytes = instruction.Code == Code.Enterw_imm16_imm8 ? 2 : 8;
        int level = instruction.Immediate8_2nd & 31;
        ulong stack = vcpu.Register(Rsp) - (ulong)bytes;
        ulong frame = vcpu.Register(Rbp);
        _records.Add(new DynamicRecord(stack, (byte)bytes, MemoryEventKind.Store));
        for (int i = 1; i < level; i++)
        {
            ulong distance = (ulong)(i * bytes);
            _records.Add(new DynamicRecord(frame - distance, (byte)bytes, MemoryEventKind.Load));
            _records.Add(new DynamicRecord(stack - distance, (byte)bytes, MemoryEventKind.Store));
        }

        if (level > 0)
        {
            ulong last = stack - (ulong)(level * bytes);
            _records.Add(new DynamicRecord(last, (byte)bytes, MemoryEventKind.Store));
        }
    }

    /// <summary>XLAT's index is al, not rax.</summary>
    private void CaptureTranslate(in Instruction instruction, VcpuContext vcpu)
    {
        ulong address = vcpu.Register(Rbx) + (byte)vcpu.Register(Rax);
        address = instruction.MemoryBase.IsGPR32() ? (uint)address : address;
        _records.Add(new DynamicRecord(
            address + SegmentBase(instruction, vcpu), 1, MemoryEventKind.Load));
    }

    private void CaptureMaskedMove(in Instruction instruction, VcpuContext vcpu)
    {
        bool store = instruction.Op0Kind == OpKind.Memory;
        int size = instruction.Mnemonic is Mnemonic.Vmaskmovpd or Mnemonic.Vpmaskmovq ? 8 : 4;
        Register mask = instruction.Op1Register;
        ReadOnlySpan<byte> bits = Vector(vcpu, mask);
        int count = mask.GetSize() / size;
        ulong address = Address(instruction, vcpu);
        for (int i = 0; i < count; i++)
        {
            if ((bits[(i * size) + size - 1] & 0x80) != 0)
            {
                _records.Add(new DynamicRecord(
                    address + (ulong)(i * size),
                    (byte)size,
                    store ? MemoryEventKind.Store : MemoryEventKind.Load));
            }
        }
    }

    private void CaptureByteMask(in Instruction instruction, VcpuContext vcpu)
    {
        const int MmxOffset = 32;
        Register mask = instruction.Op2Register;
        bool mmx = mask.IsMM();
        ReadOnlySpan<byte> bits = mmx
            ? vcpu.Extended.Slice(MmxOffset + (16 * (mask - Register.MM0)), 8)
            : Vector(vcpu, mask);
        ulong address = (vcpu.Register(Rdi) & AddressMask(instruction))
            + SegmentBase(instruction, vcpu);
        for (int i = 0; i < (mmx ? 8 : 16); i++)
        {
            if ((bits[i] & 0x80) != 0)
            {
                _records.Add(new DynamicRecord(
                    address + (ulong)i, 1, MemoryEventKind.Store));
            }
        }
    }

    private void CaptureGather(in Instruction instruction, VcpuContext vcpu)
    {
        int size = instruction.MemorySize.GetSize();
        int indexSize = instruction.IsVsib32 ? 4 : 8;
        Register mask = instruction.Op2Register;
        Register index = instruction.MemoryIndex;
        ReadOnlySpan<byte> bits = Vector(vcpu, mask);
        ReadOnlySpan<byte> indices = Vector(vcpu, index);
        int count = Math.Min(mask.GetSize() / size, index.GetSize() / indexSize);
        ulong start = instruction.MemoryDisplacement64 + SegmentBase(instruction, vcpu)
            + RegisterValue(instruction.MemoryBase, vcpu);
        for (int i = 0; i < count; i++)
        {
            if ((bits[(i * size) + size - 1] & 0x80) == 0)
            {
                continue;
            }

            ReadOnlySpan<byte> element = indices[(i * indexSize)..];
            long value = indexSize == 4
                ? BinaryPrimitives.ReadInt32LittleEndian(element)
                : BinaryPrimitives.ReadInt64LittleEndian(element);
            ulong address = start + (ulong)(value * instruction.MemoryIndexScale);
            _records.Add(new DynamicRecord(address, (byte)size, MemoryEventKind.Load));
        }
    }

    private void CaptureState(in Instruction instruction, VcpuContext vcpu)
    {
        const int XsaveBytes = 832;
        int size = instruction.Mnemonic switch
        {
            Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor or Mnemonic.Fxrstor64 => 512,
            Mnemonic.Fnsave or Mnemonic.Fsave or Mnemonic.Frstor =>
                instruction.MemorySize.GetSize(),
            Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xrstor or Mnemonic.Xrstor64 =>
                XsaveBytes,
            _ => throw new InvariantException($"no access rule for {instruction.Mnemonic}"),
        };
        bool load = instruction.Mnemonic is Mnemonic.Fxrstor or Mnemonic.Fxrstor64
            or Mnemonic.Frstor or Mnemonic.Xrstor or Mnemonic.Xrstor64;
        ulong address = Address(instruction, vcpu);
        for (int done = 0; done < size; done += LineBytes)
        {
            _records.Add(new DynamicRecord(
                address + (ulong)done,
                (byte)Math.Min(LineBytes, size - done),
                load ? MemoryEventKind.Load : MemoryEventKind.Store));
        }
    }

    private static ulong Address(in Instruction instruction, VcpuContext vcpu)
    {
        if (instruction.IsIPRelativeMemoryOperand)
        {
            return instruction.IPRelativeMemoryAddress + SegmentBase(instruction, vcpu);
        }

        ulong address = instruction.MemoryDisplacement64
            + RegisterValue(instruction.MemoryBase, vcpu)
            + (RegisterValue(instruction.MemoryIndex, vcpu)
                * (ulong)instruction.MemoryIndexScale);
        bool narrow = instruction.MemoryBase.IsGPR32() || instruction.MemoryIndex.IsGPR32();
        return (narrow ? (uint)address : address) + SegmentBase(instruction, vcpu);
    }

    private static ulong RegisterValue(Register register, VcpuContext vcpu)
    {
        if (register == Register.None)
        {
            return 0;
        }

        ulong value = vcpu.Register(InstructionAnalyzer.NumberOf(register));
        return register.IsGPR32() ? (uint)value : value;
    }

    private static ulong SegmentBase(in Instruction instruction, VcpuContext vcpu) =>
        instruction.SegmentPrefix switch
        {
            Register.FS => vcpu.Registers.FsBase,
            Register.GS => vcpu.Registers.GsBase,
            _ => 0,
        };

    private static ulong AddressMask(in Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) is OpKind.MemorySegESI or OpKind.MemorySegEDI
                or OpKind.MemoryESEDI)
            {
                return uint.MaxValue;
            }
        }

        return ulong.MaxValue;
    }

    private static Span<byte> Vector(VcpuContext vcpu, Register register)
    {
        int number = register.GetNumber();
        return vcpu.Ymm.Slice(32 * number, 32);
    }

    private readonly record struct Stream(bool Exists, ulong Start, MemoryEventKind Kind);
}
