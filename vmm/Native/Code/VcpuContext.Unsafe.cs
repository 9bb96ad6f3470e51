using System.Runtime.CompilerServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>A vCPU's state in native memory, where code in the cache finds it through GS. It is
/// gone with that memory.</summary>
public sealed unsafe class VcpuContext
{
    private readonly nint _start;

    public VcpuContext(LowMemory memory, int offset)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Invariant.Require(offset >= 0 && offset <= memory.SizeBytes - VcpuContextLayout.SizeBytes);
        _start = (nint)memory.Address + offset;
        Quad(VcpuContextLayout.Self) = (ulong)_start;
        Dword(VcpuContextLayout.Mxcsr) = 0x1F80;
        Registers.Rflags = 0x202;
    }

    public ulong Address => (ulong)_start;

    // SAFETY: offset 0 holds GuestRegisters.SizeBytes bytes of the mapping.
    public ref GuestRegisters Registers => ref *(GuestRegisters*)_start;

    // SAFETY: the counter is an aligned quadword within the mapping.
    public ref long Counter => ref *(long*)(_start + VcpuContextLayout.Counter);

    public Span<byte> Ymm => Bytes(VcpuContextLayout.Ymm, 512);

    public Span<byte> Extended => Bytes(VcpuContextLayout.Extended, ExtendedState.SizeBytes);

    public Span<ulong> LoadTags => Tags(VcpuContextLayout.LoadTags);

    public Span<ulong> StoreTags => Tags(VcpuContextLayout.StoreTags);

    public Span<ulong> FetchTags => Tags(VcpuContextLayout.FetchTags);

    public ref ulong Quad(int offset)
    {
        Invariant.Require((uint)offset <= VcpuContextLayout.SizeBytes - sizeof(ulong));

        // SAFETY: the offset is within the mapping, which the owner keeps.
        unsafe
        {
            return ref *(ulong*)(_start + offset);
        }
    }

    public ref uint Dword(int offset)
    {
        Invariant.Require((uint)offset <= VcpuContextLayout.SizeBytes - sizeof(uint));

        // SAFETY: as in Quad.
        unsafe
        {
            return ref *(uint*)(_start + offset);
        }
    }

    /// <summary>The guest value of a lent register.</summary>
    public ref ulong Spill(int register) =>
        ref Quad(VcpuContextLayout.Spill + (register * sizeof(ulong)));

    /// <summary>General register by encoding number.</summary>
    public ref ulong Register(int register)
    {
        Invariant.Require((uint)register < 16);
        return ref Quad(register * sizeof(ulong));
    }

    /// <summary>Runs the code cache's entry code at <paramref name="enter"/>, which loads this
    /// context and jumps to <paramref name="target"/>, until guest code leaves the cache.</summary>
    /// <returns>Number of the exit. HOT: per exit.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint Enter(ulong enter, ulong target)
    {
        AlternateStack.Ensure();

        // SAFETY: enter points to code emitted with this signature that saves the host's
        // callee-saved registers, MXCSR and stack; the call is a preemptive-mode transition, so
        // the garbage collector never waits for guest code, and nothing in the cache refers to
        // managed memory.
        unsafe
        {
            return ((delegate* unmanaged<ulong, ulong, uint>)enter)((ulong)_start, target);
        }
    }

    // SAFETY: callers pass constant ranges within the mapping.
    private Span<byte> Bytes(int offset, int length) => new((void*)(_start + offset), length);

    // SAFETY: as in Bytes.
    private Span<ulong> Tags(int offset) => new((void*)(_start + offset), 64);
}
