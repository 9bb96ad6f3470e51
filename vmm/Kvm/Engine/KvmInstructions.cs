using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>Tells from its bytes what an instruction was that user code may not execute, or that does
/// not exist.</summary>
internal static class KvmInstructions
{
    private const int BytesMax = 4;
    private const byte Escape = 0x0F;
    private const byte InterruptCall = 0xCD;

    /// <summary>RDTSC is 0F 31, RDTSCP 0F 01 F9.</summary>
    public static bool IsTimestampRead(
        IGuestAddressSpace memory, ulong rip, out int lengthBytes, out bool withProcessor)
    {
        Span<byte> bytes = stackalloc byte[BytesMax];
        int length = memory.FetchCode(rip, bytes);
        withProcessor = length >= 3 && bytes[..3].SequenceEqual<byte>([Escape, 0x01, 0xF9]);
        bool plain = length >= 2 && bytes[..2].SequenceEqual<byte>([Escape, 0x31]);
        lengthBytes = withProcessor ? 3 : 2;
        return plain || withProcessor;
    }

    /// <summary>gem5's m5ops are the undefined opcode 0F 04 and a 16-bit function number.</summary>
    public static bool IsRegionMark(IGuestAddressSpace memory, ulong rip, out int function)
    {
        Span<byte> bytes = stackalloc byte[BytesMax];
        bool is4 = memory.FetchCode(rip, bytes) == BytesMax && bytes[0] == Escape && bytes[1] == 4;
        function = bytes[2] | (bytes[3] << 8);
        return is4;
    }

    /// <summary>INT with a vector, which some hosts that emulate kernel mode take for undefined.
    /// </summary>
    public static bool IsInterruptCall(IGuestAddressSpace memory, ulong rip)
    {
        Span<byte> bytes = stackalloc byte[1];
        return memory.FetchCode(rip, bytes) == 1 && bytes[0] == InterruptCall;
    }
}
