using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Emits the ways from block to block: direct jumps, which lead to a stub until their
/// target exists, and lookups in the target map.</summary>
internal sealed class BranchEmitter(
    X64Emitter code,
    TranslationTables tables,
    TargetMap map,
    StepMap steps,
    Stubs stubs,
    AddressWindow window)
{
    private const int Rdx = 2;

    private readonly List<PendingLink> _pending = [];
    private CodeCache? _cache;
    private ulong _head;
    private BlockMode _mode;
    private int _start;
    private uint _indirectEntry;

    public void Begin(BlockPlan plan, CodeCache cache, uint indirectEntry)
    {
        _pending.Clear();
        _cache = cache;
        _head = plan.Head;
        _mode = plan.Mode;
        _start = cache.Used;
        _indirectEntry = indirectEntry;
    }

    /// <summary>Jumps to the block at <paramref name="rip"/>.</summary>
    public void Link(ulong rip)
    {
        ulong known = Find(rip);
        if (known != 0)
        {
            code.JumpTo(known);
        }
        else
        {
            _pending.Add(new PendingLink(code.Jump(), rip));
        }
    }

    /// <summary>loop, loope, loopne, jrcxz or jecxz: neither flags nor rcx may change before.
    /// </summary>
    public void Counted(in GuestInstruction item)
    {
        ref readonly Instruction branch = ref item.Decoded;
        bool narrow = branch.Code is Code.Loop_rel8_64_ECX or Code.Loope_rel8_64_ECX
            or Code.Loopne_rel8_64_ECX or Code.Jecxz_rel8_64;
        if (narrow)
        {
            code.WriteByte(0x67);
        }

        code.WriteByte(branch.Mnemonic switch
        {
            Mnemonic.Loopne => (byte)0xE0,
            Mnemonic.Loope => (byte)0xE1,
            Mnemonic.Loop => (byte)0xE2,
            _ => (byte)0xE3,
        });
        code.WriteByte(5);
        Link(branch.NextIP);
        Link(branch.NearBranchTarget);
    }

    /// <summary>Goes to the guest address in rcx, whose own value is in its spill slot. With another
    /// upper half than the window's no code can be there. Else the map gives the code's offset, or that of the miss
    /// stub.</summary>
    public void Indirect(BlockMode mode)
    {
        code.StoreContext(VcpuContextLayout.Target, X64Emitter.Rcx);
        if (mode != BlockMode.Fast)
        {
            code.JumpTo(stubs.IndirectMiss);
            return;
        }

        code.SwapHalves(X64Emitter.Rcx, X64Emitter.Rcx);
        if (!window.IsFirst)
        {
            code.Lea(X64Emitter.Rcx, X64Emitter.Rcx, -window.UpperHalf);
        }

        code.JumpIfEcxZero(5);
        code.JumpTo(stubs.IndirectMiss);
        code.SwapHalves(X64Emitter.Rcx, X64Emitter.Rcx);
        if (map.IsNear && window.IsFirst)
        {
            LookupNear();
        }
        else
        {
            LookupFar();
        }

        code.Bytes([0xFF, 0xE1]);                                      // jmp rcx
    }

    /// <summary>The stubs of the links whose targets are not translated yet.</summary>
    public void EmitStubs(BlockMode mode)
    {
        for (int i = 0; i < _pending.Count; i++)
        {
            PendingLink link = _pending[i];
            code.Bind(link.Jump);
            code.LeaveTo(stubs.Leave, tables.Add(new ExitSite
            {
                Kind = mode == BlockMode.Bare ? ExitKind.BareDone : ExitKind.Link,
                Rip = link.Rip,
                PatchAt = _start + link.Jump,
                Mode = mode,
            }));
        }
    }

    /// <summary>mov ecx, map[rcx]; add the cache's address.</summary>
    private void LookupNear()
    {
        code.Memory(
            0x8B, X64Emitter.Rcx, X64Emitter.None, X64Emitter.Rcx, 4, (int)map.Address, false);
        code.Lea(X64Emitter.Rcx, X64Emitter.Rcx, checked((int)_cache!.Base));
    }

    /// <summary>The same where a displacement does not reach them.</summary>
    private void LookupFar()
    {
        code.Spill(Rdx);
        code.MoveImmediate(Rdx, map.Address);
        code.Memory(0x8B, X64Emitter.Rcx, Rdx, X64Emitter.Rcx, 4, 0, false);
        code.MoveImmediate(Rdx, _cache!.Base);
        code.Lea(X64Emitter.Rcx, X64Emitter.Rcx, Rdx, 1, 0);
        code.Unspill(Rdx);
    }

    private ulong Find(ulong rip)
    {
        switch (_mode)
        {
            case BlockMode.Fast:
                uint offset = rip == _head ? _indirectEntry : map.Find(rip);
                return offset == 0 ? 0 : _cache!.AddressOf(BlockEmitter.DirectEntry(offset));
            case BlockMode.Step:
                return rip == _head ? _cache!.Base + (ulong)_start : steps.Find(rip);
            default:
                return 0;
        }
    }

    private readonly record struct PendingLink(int Jump, ulong Rip);
}
