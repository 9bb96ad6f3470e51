using Dilaton.Core;
using Iced.Intel;

namespace Dilaton.Kvm;

/// <summary>Decodes the instructions of detail windows, each once as long as its bytes stay.</summary>
internal sealed class StepDecoder
{
    /// <summary>Of one instruction that is not repeated: none of x86's names more operands.</summary>
    public const int AccessesMax = 8;

    private const int EntriesMax = 1 << 16;
    private const int BytesMax = 15;
    private const int LineBytes = 64;

    private readonly IGuestAddressSpace _memory;
    private readonly Dictionary<ulong, StepInstruction> _known = [];
    private readonly InstructionInfoFactory _facts = new();
    private readonly byte[] _bytes = new byte[BytesMax];

    public StepDecoder(IGuestAddressSpace memory)
    {
        _memory = memory;
    }

    /// <returns>Null if no instruction is there: stepping over it will tell which fault it is.</returns>
    public StepInstruction? TryDecode(ulong rip)
    {
        int length = _memory.FetchCode(rip, _bytes);
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(0, length);
        if (_known.TryGetValue(rip, out StepInstruction? known) && bytes.StartsWith(known.Code))
        {
            return known;
        }

        ByteArrayCodeReader reader = new(_bytes, 0, length);
        Decoder decoder = Decoder.Create(64, reader, rip);
        decoder.Decode(out Instruction instruction);
        if (instruction.IsInvalid)
        {
            return null;
        }

        if (_known.Count == EntriesMax)
        {
            _known.Clear();
        }

        StepInstruction made = Analyze(instruction, bytes[..instruction.Length].ToArray());
        _known[rip] = made;
        return made;
    }

    private StepInstruction Analyze(in Instruction instruction, byte[] code)
    {
        StepKind kind = KindOf(instruction);
        return new StepInstruction(
            kind, instruction, code, kind == StepKind.Plain ? Accesses(instruction) : []);
    }

    private static StepKind KindOf(in Instruction instruction) => instruction.Mnemonic switch
    {
        Mnemonic.Syscall => StepKind.SystemCall,
        Mnemonic.Pushf or Mnemonic.Pushfq => StepKind.ShowsFlags,
        _ when Operands.HasHiddenAccess(instruction) => StepKind.Hidden,
        _ => RepeatedAccess.IsRepeated(instruction) ? StepKind.Repeated : StepKind.Plain,
    };

    private StepAccess[] Accesses(in Instruction instruction)
    {
        if (Operands.IsFlush(instruction) || Operands.IsPrefetch(instruction))
        {
            MemoryEventKind hint = Operands.IsFlush(instruction)
                ? MemoryEventKind.Flush
                : MemoryEventKind.Prefetch;
            return [new StepAccess(Operands.Named(instruction), 1, hint)];
        }

        List<StepAccess> reads = [];
        List<StepAccess> stores = [];
        foreach (UsedMemory used in _facts.GetInfo(instruction).GetUsedMemory())
        {
            if (used.Access is not (OpAccess.None or OpAccess.NoMemAccess))
            {
                MemoryEventKind kind = Operands.KindOf(instruction, used.Access);
                byte size = (byte)Math.Clamp(used.MemorySize.GetSize(), 1, LineBytes);
                (kind == MemoryEventKind.Store ? stores : reads).Add(new StepAccess(used, size, kind));
            }
        }

        Invariant.Require(reads.Count + stores.Count <= AccessesMax);
        return [.. reads, .. stores];
    }
}
