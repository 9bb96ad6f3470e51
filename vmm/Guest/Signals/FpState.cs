using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>x87, SSE and AVX state in a signal frame: the standard XSAVE form (Intel SDM vol. 1, "XSAVE
/// Area") with Linux's marks in the bytes that FXSAVE leaves to software and behind the end
/// (asm/sigcontext.h, struct _fpx_sw_bytes).</summary>
internal static class FpState
{
    /// <summary>Without the mark behind it.</summary>
    public const int StateBytes = AvxOffset + AvxBytes;

    public const int Bytes = StateBytes + sizeof(uint);

    private const int LegacyBytes = 512;
    private const int HeaderOffset = LegacyBytes;
    private const int HeaderBytes = 64;
    private const int AvxOffset = HeaderOffset + HeaderBytes;
    private const int AvxBytes = 256;
    private const int MarksOffset = 464;
    private const uint FirstMark = 0x4650_5853;
    private const uint LastMark = 0x4650_5845;

    private const ulong X87 = 1;
    private const ulong Sse = 2;
    private const ulong Avx = 4;
    private const ulong AllFeatures = X87 | Sse | Avx;

    private const int X87Bytes = 24;
    private const int X87RegistersOffset = 32;
    private const ushort InitialControlWord = 0x37f;
    private const uint InitialMxcsr = 0x1f80;
    private const uint MxcsrMask = 0xffff;

    /// <summary>What a program and a handler begin with.</summary>
    public static void Reset(Span<byte> state)
    {
        state.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(
            state[ExtendedState.ControlWordOffset..], InitialControlWord);
        BinaryPrimitives.WriteUInt32LittleEndian(
            state[ExtendedState.MxcsrOffset..], InitialMxcsr);
    }

    /// <param name="state">As <see cref="ExtendedState"/> lays it out.</param>
    public static void Write(Span<byte> frame, ReadOnlySpan<byte> state)
    {
        frame.Clear();
        state[..LegacyBytes].CopyTo(frame);
        ReadOnlySpan<byte> upper = state[ExtendedState.YmmHighOffset..];
        upper.CopyTo(frame[AvxOffset..]);
        bool hasUpper = upper.ContainsAnyExcept((byte)0);
        BinaryPrimitives.WriteUInt64LittleEndian(
            frame[HeaderOffset..], X87 | Sse | (hasUpper ? Avx : 0));
        Span<byte> marks = frame[MarksOffset..LegacyBytes];
        marks.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(marks, FirstMark);
        BinaryPrimitives.WriteUInt32LittleEndian(marks[4..], Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(marks[8..], AllFeatures);
        BinaryPrimitives.WriteUInt32LittleEndian(marks[16..], StateBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[StateBytes..], LastMark);
    }

    /// <summary>Takes over what a frame holds; without the marks, its first 512 bytes alone.</summary>
    /// <param name="address">0: the initial state.</param>
    /// <returns>False if the frame can't be read, or a reserved bit of mxcsr is set.</returns>
    public static bool TryRead(UserMemory memory, ulong address, Span<byte> state)
    {
        if (address == 0)
        {
            Reset(state);
            return true;
        }

        Span<byte> frame = stackalloc byte[Bytes];
        if (!memory.TryRead(address, frame[..LegacyBytes]))
        {
            return false;
        }

        uint mxcsr = BinaryPrimitives.ReadUInt32LittleEndian(frame[ExtendedState.MxcsrOffset..]);
        if ((mxcsr & ~MxcsrMask) != 0)
        {
            return false;
        }

        ulong present = X87 | Sse;
        if (IsMarked(frame))
        {
            if (!memory.TryRead(address + LegacyBytes, frame[LegacyBytes..]))
            {
                return false;
            }

            bool isWhole =
                BinaryPrimitives.ReadUInt32LittleEndian(frame[StateBytes..]) == LastMark;
            present = isWhole
                ? BinaryPrimitives.ReadUInt64LittleEndian(frame[HeaderOffset..]) & AllFeatures
                : present;
        }

        Take(frame, state, present);
        return true;
    }

    private static bool IsMarked(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> marks = frame[MarksOffset..];
        return BinaryPrimitives.ReadUInt32LittleEndian(marks) == FirstMark
            && BinaryPrimitives.ReadUInt32LittleEndian(marks[4..]) == Bytes
            && BinaryPrimitives.ReadUInt32LittleEndian(marks[16..]) == StateBytes;
    }

    /// <summary>Parts that are not present are in their initial state, but for mxcsr.</summary>
    private static void Take(ReadOnlySpan<byte> frame, Span<byte> state, ulong present)
    {
        Reset(state);
        if ((present & X87) != 0)
        {
            frame[..X87Bytes].CopyTo(state);
            frame[X87RegistersOffset..ExtendedState.XmmOffset]
                .CopyTo(state[X87RegistersOffset..]);
        }

        frame.Slice(ExtendedState.MxcsrOffset, sizeof(uint))
            .CopyTo(state[ExtendedState.MxcsrOffset..]);
        if ((present & Sse) != 0)
        {
            frame[ExtendedState.XmmOffset..(ExtendedState.XmmOffset + AvxBytes)]
                .CopyTo(state[ExtendedState.XmmOffset..]);
        }

        if ((present & Avx) != 0)
        {
            frame.Slice(AvxOffset, AvxBytes).CopyTo(state[ExtendedState.YmmHighOffset..]);
        }
    }
}
