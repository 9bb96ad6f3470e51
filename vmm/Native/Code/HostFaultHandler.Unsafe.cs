using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>Turns host faults inside a code cache into exits. One machine-code handler per process:
/// <list type="number">
/// <item>if the interrupted rip lies outside the code arenas, jump to the handler that was there
/// before (the runtime's, which makes NullReferenceException). Each address window that this process
/// uses has an arena; no host code lies below the end of the last one;</item>
/// <item>else note rip, trap number, error code and address in the context behind GS and let the
/// interrupted code go on at the context's fault exit, all other registers untouched.</item>
/// </list></summary>
public static unsafe class HostFaultHandler
{
    private const int SaSiginfo = 4;
    private const int SaOnStack = 0x0800_0000;
    private const int ActionBytes = 152;
    private const int FlagsOffset = 136;
    private const int FaultHandlerBytes = 256;
    private const int CodeBytes = 16 << 10;
    private const int SignalsMax = 64;

    /// <summary>Of an address, those that say where in its window it lies.</summary>
    private const int WindowBits = 36;

    private static readonly Lock s_lock = new();
    private static readonly int[] s_signals = [4, 5, 7, 8, 11];
    private static nint s_windowsEnd;

    /// <summary>Installs the handler once per process, after the runtime has installed its own, and
    /// has it look for code in the window from now on.</summary>
    public static void Install(AddressWindow window)
    {
        lock (s_lock)
        {
            if (s_windowsEnd == 0)
            {
                InstallAll();
            }

            // SAFETY: an aligned quadword of pages that are never unmapped; the handlers, which read
            // it, see it before any code runs in the window.
            unsafe
            {
                ref ulong end = ref *(ulong*)s_windowsEnd;
                Volatile.Write(ref end, Math.Max(end, window.End));
            }
        }
    }

    private static void InstallAll()
    {
        nint page = CodeNatives.mmap(
            0,
            CodeBytes,
            CodeNatives.PROT_READ | CodeNatives.PROT_WRITE | CodeNatives.PROT_EXEC,
            CodeNatives.MAP_PRIVATE | CodeNatives.MAP_ANONYMOUS,
            -1,
            0);
        Invariant.Require(page != -1);
        s_windowsEnd = page + CodeBytes - sizeof(ulong);
        for (int i = 0; i < s_signals.Length; i++)
        {
            InstallOne(s_signals[i], page + (i * FaultHandlerBytes));
        }

        MoveOthersToAlternateStack(page + (s_signals.Length * FaultHandlerBytes));
    }

    private static void InstallOne(int signal, nint code)
    {
        byte* action = stackalloc byte[ActionBytes];
        Require(CodeNatives.sigaction(signal, 0, (nint)action), signal);

        // SAFETY: the pages have 256 bytes per fault signal; the kernel's struct sigaction as glibc
        // shows it has the handler first and the flags at offset 136.
        unsafe
        {
            long previous = *(long*)action;
            Span<byte> body = new((void*)code, FaultHandlerBytes);
            int length = EmitHandler(body, previous);
            Invariant.Require(length <= FaultHandlerBytes);
            *(long*)action = code;
            int* flags = (int*)(action + FlagsOffset);

            // Where the runtime handles a fault on the interrupted stack (all but SIGSEGV), it does
            // so still: MoveOthersToAlternateStack sees to that.
            *flags |= SaSiginfo;
        }

        Require(CodeNatives.sigaction(signal, (nint)action, 0), signal);
    }

    /// <summary>A signal that lands in guest code must not push its frame on the guest's stack.
    /// </summary>
    private static void MoveOthersToAlternateStack(nint code)
    {
        byte* action = stackalloc byte[ActionBytes];
        for (int signal = 1; signal <= SignalsMax; signal++)
        {
            if (CodeNatives.sigaction(signal, 0, (nint)action) != 0)
            {
                continue;
            }

            // SAFETY: layout as in InstallOne; the pages have room for every signal.
            unsafe
            {
                int* flags = (int*)(action + FlagsOffset);
                long previous = *(long*)action;
                if (previous is not (0 or 1) && (*flags & SaOnStack) == 0)
                {
                    _ = SignalFrameMove.Emit(
                        new Span<byte>((void*)code, SignalFrameMove.BytesMax),
                        previous,
                        s_windowsEnd);
                    *(long*)action = code;
                    *flags |= SaSiginfo | SaOnStack;
                    Require(CodeNatives.sigaction(signal, (nint)action, 0), signal);
                    code += SignalFrameMove.BytesMax;
                }
            }
        }
    }

    private static void Require(int result, int signal)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(
                $"sigaction of signal {signal} failed: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>rdi = signal, rsi = siginfo, rdx = ucontext (System V ABI; Linux x86-64 places
    /// rip at 0xA8, err at 0xC0, trapno at 0xC8 and cr2 at 0xD8 of it).</summary>
    private static int EmitHandler(Span<byte> code, long previous)
    {
        int at = 0;
        Put(code, ref at, [0x48, 0x8B, 0x82, 0xA8, 0, 0, 0]);                // mov rax,[rdx+A8]
        Put(code, ref at, [0x48, 0xB9]);                                     // mov rcx,&end
        Put64(code, ref at, s_windowsEnd);
        Put(code, ref at, [0x48, 0x3B, 0x01]);                               // cmp rax,[rcx]
        Put(code, ref at, [0x73]);                                           // jae chain
        int first = at++;
        Put(code, ref at, [0x48, 0x89, 0xC1]);                               // mov rcx,rax
        Put(code, ref at, [0x48, 0xC1, 0xE1, 64 - WindowBits]);              // shl rcx,28
        Put(code, ref at, [0x48, 0xC1, 0xE9, 64 - WindowBits]);              // shr rcx,28
        Put(code, ref at, [0x48, 0x81, 0xE9]);                               // sub rcx,start
        Put32(code, ref at, (int)GuestLayout.EngineStart);
        Put(code, ref at, [0x48, 0x81, 0xF9]);                               // cmp rcx,size
        Put32(code, ref at, (int)(GuestLayout.CodeEnd - GuestLayout.EngineStart));
        Put(code, ref at, [0x73]);                                           // jae chain
        int jump = at++;
        StoreGs(code, ref at, VcpuContextLayout.FaultRip);
        CopyToGs(code, ref at, 0xC8, VcpuContextLayout.FaultTrap);
        CopyToGs(code, ref at, 0xC0, VcpuContextLayout.FaultError);
        CopyToGs(code, ref at, 0xD8, VcpuContextLayout.FaultAddress);
        Put(code, ref at, [0x65, 0x48, 0x8B, 0x04, 0x25]);                   // mov rax,gs:[exit]
        Put32(code, ref at, VcpuContextLayout.FaultExit);
        Put(code, ref at, [0x48, 0x89, 0x82, 0xA8, 0, 0, 0, 0xC3]);          // mov [rdx+A8],rax
        code[first] = checked((byte)(sbyte)(at - first - 1));
        code[jump] = checked((byte)(sbyte)(at - jump - 1));
        if (previous is 0 or 1)
        {
            EmitDefault(code, ref at);
        }
        else
        {
            Put(code, ref at, [0x48, 0xB8]);                                 // mov rax,previous
            Put64(code, ref at, previous);
            Put(code, ref at, [0xFF, 0xE0]);                                 // jmp rax
        }

        return at;
    }

    /// <summary>Nobody was there before: restore the default action, so that the fault repeats and
    /// ends the process as it would have.</summary>
    private static void EmitDefault(Span<byte> code, ref int at)
    {
        Put(code, ref at, [0x31, 0xC0, 0x50, 0x50, 0x50, 0x50]);             // 4 zero quadwords
        Put(code, ref at, [0x48, 0x89, 0xE6, 0x31, 0xD2]);                   // rsi=rsp; rdx=0
        Put(code, ref at, [0x41, 0xBA, 8, 0, 0, 0]);                         // r10=8
        Put(code, ref at, [0xB8, 13, 0, 0, 0, 0x0F, 0x05]);                  // rt_sigaction
        Put(code, ref at, [0x48, 0x83, 0xC4, 0x20, 0xC3]);                   // add rsp,32; ret
    }

    private static void CopyToGs(Span<byte> code, ref int at, int from, int to)
    {
        Put(code, ref at, [0x48, 0x8B, 0x82]);                               // mov rax,[rdx+from]
        Put32(code, ref at, from);
        StoreGs(code, ref at, to);
    }

    private static void StoreGs(Span<byte> code, ref int at, int offset)
    {
        Put(code, ref at, [0x65, 0x48, 0x89, 0x04, 0x25]);                   // mov gs:[offset],rax
        Put32(code, ref at, offset);
    }

    private static void Put(Span<byte> code, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(code[at..]);
        at += bytes.Length;
    }

    private static void Put64(Span<byte> code, ref int at, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(code[at..], value);
        at += 8;
    }

    private static void Put32(Span<byte> code, ref int at, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(code[at..], value);
        at += 4;
    }
}
