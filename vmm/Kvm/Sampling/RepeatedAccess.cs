using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Kvm;

/// <summary>The accesses of a repeated string instruction: how far its streams came between two looks
/// at the registers, in chunks that stay within a line of each, as the translator reports them.</summary>
internal struct RepeatedAccess
{
    private const ulong LineBytes = 64;
    private const ulong DirectionFlag = 0x400;

    private ulong _count;
    private ulong _source;
    private ulong _destination;

    /// <summary>Behind its chunks.</summary>
    internal delegate void Chunk(ulong address, byte sizeBytes, MemoryEventKind kind);

    public static bool IsRepeated(in Instruction instruction) =>
        instruction.IsStringInstruction
        && (instruction.HasRepPrefix || instruction.HasRepnePrefix);

    /// <summary>Before its first turn.</summary>
    public void Begin(in Instruction instruction, in KvmRegisters registers)
    {
        ulong mask = AddressMask(instruction);
        _count = registers.Rcx & mask;
        _source = registers.Rsi & mask;
        _destination = registers.Rdi & mask;
    }

    /// <summary>After its last one, or the last that was seen.</summary>
    public readonly void End(in Instruction instruction, UserVcpu vcpu, Chunk add)
    {
        ref readonly KvmRegisters registers = ref vcpu.Registers;
        ulong left = _count - (registers.Rcx & AddressMask(instruction));
        ulong size = (ulong)instruction.MemorySize.GetSize();
        bool down = (registers.Rflags & DirectionFlag) != 0;
        (bool reads, bool hasOther, MemoryEventKind kind) = ShapeOf(instruction.Mnemonic);
        ulong from = _source + Operands.BaseOf(instruction.SegmentPrefix, vcpu);
        ulong to = _destination;
        while (left > 0)
        {
            ulong fits = left;
            fits = reads ? Math.Min(fits, Room(from, size, down)) : fits;
            fits = hasOther ? Math.Min(fits, Room(to, size, down)) : fits;
            ulong bytes = fits * size;
            ulong back = down ? bytes - size : 0;
            if (reads)
            {
                add(from - back, (byte)bytes, MemoryEventKind.Load);
            }

            if (hasOther)
            {
                add(to - back, (byte)bytes, kind);
            }

            from = down ? from - bytes : from + bytes;
            to = down ? to - bytes : to + bytes;
            left -= fits;
        }
    }

    private static (bool Reads, bool HasOther, MemoryEventKind Kind) ShapeOf(Mnemonic mnemonic) =>
        mnemonic switch
        {
            Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq =>
                (true, false, MemoryEventKind.Load),
            Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq =>
                (false, true, MemoryEventKind.Store),
            Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq =>
                (false, true, MemoryEventKind.Load),
            Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq =>
                (true, true, MemoryEventKind.Load),
            _ => (true, true, MemoryEventKind.Store),
        };

    /// <summary>Elements from the address on that lie within its line, at least one.</summary>
    private static ulong Room(ulong address, ulong size, bool down)
    {
        ulong offset = address & (LineBytes - 1);
        ulong bytes = down ? offset + size : LineBytes - offset;
        return Math.Clamp(
            down && offset + size > LineBytes ? 1 : bytes / size, 1, LineBytes / size);
    }

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
}
