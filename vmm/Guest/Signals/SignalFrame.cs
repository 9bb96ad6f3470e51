using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>The frame of a signal handler on x86-64, as Linux builds it (arch/x86/kernel/signal_64.c,
/// struct rt_sigframe; the program's own view is ucontext_t in sys/ucontext.h):
/// <code>
///   sp:      return address (the restorer), ucontext 304, siginfo 128     16-byte aligned less 8
///   fpstate: FXSAVE image 512, XSAVE header 64, AVX 256, magic 4          64-byte aligned
///   128 bytes of red zone, or the top of the alternate stack
/// </code></summary>
internal static class SignalFrame
{
    private const int RedZoneBytes = 128;
    private const int ContextOffset = 8;
    private const int ContextBytes = 304;
    private const int InfoOffset = ContextOffset + ContextBytes;
    private const int FrameBytes = InfoOffset + SignalInfo.SizeBytes;

    private const int StackOffset = ContextOffset + 16;
    private const int RegistersOffset = ContextOffset + 40;
    private const int MaskOffset = ContextOffset + 296;

    // Within the registers: struct sigcontext.
    private const int RipOffset = 128;
    private const int FlagsOffset = 136;
    private const int SegmentsOffset = 144;
    private const int ErrorOffset = 152;
    private const int FpStateOffset = 184;

    /// <summary>UC_FP_XSTATE, UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS.</summary>
    private const ulong ContextFlags = 7;

    /// <summary>cs 0x33 and ss 0x2b, as in Linux.</summary>
    private const ulong Segments = 0x002b_0000_0000_0033;

    /// <summary>What sigreturn takes of the flags: CF, PF, AF, ZF, SF, DF, OF.</summary>
    private const ulong ReturnedFlags = 0xcd5;

    private const ulong DirectionFlag = 0x400;

    /// <summary>Makes the frame and lets the thread go on in the handler.</summary>
    /// <param name="mask">What the handler's return restores.</param>
    /// <returns>False if it does not fit the stack.</returns>
    public static bool TryPush(
        GuestThread thread,
        IVcpu vcpu,
        UserMemory memory,
        in SignalInfo info,
        in SignalAction action,
        ulong mask)
    {
        ref GuestRegisters registers = ref vcpu.Registers;
        SignalStack stack = thread.Signals.Stack;
        ulong sp = unchecked(registers.Rsp - RedZoneBytes);
        bool isNested = stack.IsInUse(registers.Rsp);
        bool isEntering = action.UsesStack && stack.IsFree(sp);
        ulong top = isEntering ? stack.Top : sp;
        ulong fpState = unchecked(top - FpState.Bytes) & ~63UL;
        ulong frame = (unchecked(fpState - FrameBytes) & ~15UL) - 8;
        if (!action.HasRestorer || ((isNested || isEntering) && !stack.Contains(frame)))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[FrameBytes];
        bytes.Clear();
        Blittable.Write(bytes, action.Restorer);
        Blittable.Write(bytes[ContextOffset..], ContextFlags);
        Blittable.Write(bytes[StackOffset..], stack);
        WriteRegisters(bytes[RegistersOffset..], registers);
        FaultRecord fault = thread.Signals.LastFault;
        Blittable.Write(bytes[(RegistersOffset + ErrorOffset)..], fault.Error);
        Blittable.Write(bytes[(RegistersOffset + ErrorOffset + 8)..], fault.Trap);
        Blittable.Write(bytes[(RegistersOffset + ErrorOffset + 16)..], mask);
        Blittable.Write(bytes[(RegistersOffset + ErrorOffset + 24)..], fault.Address);
        Blittable.Write(bytes[(RegistersOffset + FpStateOffset)..], fpState);
        Blittable.Write(bytes[MaskOffset..], mask);
        int used = FrameBytes;
        if (action.WantsInfo)
        {
            Blittable.Write(bytes[InfoOffset..], info);
        }
        else
        {
            used = InfoOffset;
        }

        Span<byte> state = stackalloc byte[FpState.Bytes];
        FpState.Write(state, vcpu.ExtendedState);
        if (!memory.TryWrite(fpState, state) || !memory.TryWrite(frame, bytes[..used]))
        {
            return false;
        }

        if (stack.DisarmsItself)
        {
            thread.Signals.Stack = SignalStack.None;
        }

        registers.Rdi = (ulong)info.Number;
        registers.Rax = 0;
        registers.Rsi = frame + InfoOffset;
        registers.Rdx = frame + ContextOffset;
        registers.Rsp = frame;
        registers.Rip = action.Handler;
        registers.Rflags &= ~DirectionFlag;
        FpState.Reset(vcpu.ExtendedState);
        return true;
    }

    /// <summary>Goes back to what a handler's frame holds, as the handler left it.</summary>
    /// <param name="mask">The thread's mask from now on.</param>
    /// <returns>False if there is no such frame.</returns>
    public static bool TryPop(GuestThread thread, IVcpu vcpu, UserMemory memory, out ulong mask)
    {
        ref GuestRegisters registers = ref vcpu.Registers;
        ulong frame = unchecked(registers.Rsp - 8);
        Span<byte> bytes = stackalloc byte[InfoOffset];
        mask = 0;
        if (!memory.TryRead(frame, bytes))
        {
            return false;
        }

        ReadOnlySpan<byte> context = bytes[RegistersOffset..];
        ulong fpState = Blittable.Read<ulong>(context[FpStateOffset..]);
        if (!FpState.TryRead(memory, fpState, vcpu.ExtendedState))
        {
            return false;
        }

        ReadRegisters(context, ref registers);
        var wanted = Blittable.Read<SignalStack>(bytes[StackOffset..]);
        _ = thread.Signals.Stack.TryReplace(wanted, registers.Rsp, out SignalStack stack);
        thread.Signals.Stack = stack;
        mask = Blittable.Read<ulong>(bytes[MaskOffset..]);
        return true;
    }

    private static void WriteRegisters(Span<byte> context, in GuestRegisters r)
    {
        ReadOnlySpan<ulong> words =
        [
            r.R8, r.R9, r.R10, r.R11, r.R12, r.R13, r.R14, r.R15, r.Rdi, r.Rsi, r.Rbp, r.Rbx,
            r.Rdx, r.Rax, r.Rcx, r.Rsp, r.Rip, r.Rflags, Segments,
        ];
        for (int i = 0; i < words.Length; i++)
        {
            Blittable.Write(context[(i * 8)..], words[i]);
        }
    }

    private static void ReadRegisters(ReadOnlySpan<byte> context, ref GuestRegisters r)
    {
        Span<ulong> words = stackalloc ulong[SegmentsOffset / 8];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Blittable.Read<ulong>(context[(i * 8)..]);
        }

        (r.R8, r.R9, r.R10, r.R11) = (words[0], words[1], words[2], words[3]);
        (r.R12, r.R13, r.R14, r.R15) = (words[4], words[5], words[6], words[7]);
        (r.Rdi, r.Rsi, r.Rbp, r.Rbx) = (words[8], words[9], words[10], words[11]);
        (r.Rdx, r.Rax, r.Rcx, r.Rsp) = (words[12], words[13], words[14], words[15]);
        r.Rip = words[RipOffset / 8];
        r.Rflags = (r.Rflags & ~ReturnedFlags) | (words[FlagsOffset / 8] & ReturnedFlags);
    }
}
