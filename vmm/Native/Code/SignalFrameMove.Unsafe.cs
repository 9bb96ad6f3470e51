using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>Machine code that a signal enters on the alternate stack.
/// <list type="number">
/// <item>Inside a code arena, where the stack pointer is the guest's: the handler that was there
/// before runs where it is. The runtime's finds no managed code there and returns at once.</item>
/// <item>Elsewhere: the whole frame (return address, siginfo, ucontext, vector state) is copied
/// below the interrupted stack, as if the signal had never asked for the alternate one, and the
/// handler runs there. The runtime suspends threads and walks stacks within its handler, for which
/// the 16 KiB of its alternate stack are too few.</item>
/// </list></summary>
internal static class SignalFrameMove
{
    public const int BytesMax = 224;

    // ucontext of Linux x86-64: uc_stack at 10, rsp at A0, rip at A8, fpstate pointer at E0.
    private static ReadOnlySpan<byte> LoadRip => [0x48, 0x8B, 0x82, 0xA8, 0, 0, 0, 0x48, 0xB9];

    private static ReadOnlySpan<byte> ReduceToWindow =>
    [
        0x48, 0x3B, 0x01,                               // cmp rax,[rcx]      behind all windows
        0x73, 0,                                        // jae stacks
        0x48, 0xC1, 0xE0, 28,                           // shl rax,28         place in its window
        0x48, 0xC1, 0xE8, 28,                           // shr rax,28
        0x48, 0x2D,                                     // sub rax,start
    ];

    private static ReadOnlySpan<byte> ReadStacks =>
    [
        0x48, 0x8B, 0x4A, 0x20,                         // mov rcx,[rdx+20]   size of alternate
        0x48, 0x85, 0xC9,                               // test rcx,rcx
        0x74, 0,                                        // jz direct
        0x4C, 0x8B, 0x82, 0xA0, 0, 0, 0,                // mov r8,[rdx+A0]    interrupted rsp
        0x4D, 0x89, 0xC1,                               // mov r9,r8
        0x4C, 0x2B, 0x4A, 0x10,                         // sub r9,[rdx+10]
        0x49, 0x39, 0xC9,                               // cmp r9,rcx         was on it already
        0x72, 0,                                        // jb direct
    ];

    private static ReadOnlySpan<byte> Copy =>
    [
        0x48, 0x03, 0x4A, 0x10,                         // add rcx,[rdx+10]   its top
        0x48, 0x29, 0xE1,                               // sub rcx,rsp        bytes of the frame
        0x4D, 0x8D, 0x48, 0x80,                         // lea r9,[r8-80]     below the red zone
        0x49, 0x29, 0xC9,                               // sub r9,rcx
        0x4D, 0x89, 0xCA,                               // mov r10,r9
        0x49, 0x29, 0xE2,                               // sub r10,rsp
        0x49, 0x83, 0xE2, 0x3F,                         // and r10,3F         keep the alignment
        0x4D, 0x29, 0xD1,                               // sub r9,r10
        0x4D, 0x89, 0xCA,                               // mov r10,r9
        0x49, 0x29, 0xE2,                               // sub r10,rsp        distance
        0x49, 0x89, 0xFB,                               // mov r11,rdi
        0x49, 0x89, 0xF0,                               // mov r8,rsi
        0x4C, 0x89, 0xCF,                               // mov rdi,r9
        0x48, 0x89, 0xE6,                               // mov rsi,rsp
        0xF3, 0xA4,                                     // rep movsb
        0x4C, 0x89, 0xDF,                               // mov rdi,r11
        0x4B, 0x8D, 0x34, 0x10,                         // lea rsi,[r8+r10]
        0x4C, 0x01, 0xD2,                               // add rdx,r10
        0x4C, 0x01, 0x92, 0xE0, 0, 0, 0,                // add [rdx+E0],r10
        0x4C, 0x89, 0xCC,                               // mov rsp,r9
    ];

    /// <param name="windowsEnd">Where the end of the last window in use stands.</param>
    /// <returns>Its length.</returns>
    public static int Emit(Span<byte> code, long previous, nint windowsEnd)
    {
        int at = 0;
        Put(code, ref at, LoadRip);                     // mov rax,[rdx+A8]; mov rcx,&end
        Put64(code, ref at, windowsEnd);
        Put(code, ref at, ReduceToWindow);
        int afterReduce = at - 10;
        Put32(code, ref at, (uint)GuestLayout.EngineStart);
        Put(code, ref at, [0x48, 0x3D]);                // cmp rax,size
        Put32(code, ref at, (uint)(GuestLayout.CodeEnd - GuestLayout.EngineStart));
        Put(code, ref at, [0x72, 0]);                   // jb direct
        int first = at;
        code[afterReduce - 1] = checked((byte)(at - afterReduce));
        Put(code, ref at, ReadStacks);
        int second = first + 9;
        int third = at;
        Put(code, ref at, Copy);
        foreach (int jump in (ReadOnlySpan<int>)[first, second, third])
        {
            code[jump - 1] = checked((byte)(sbyte)(at - jump));
        }

        Put(code, ref at, [0x48, 0xB8]);                // direct: mov rax,previous; jmp rax
        Put64(code, ref at, previous);
        Put(code, ref at, [0xFF, 0xE0]);
        return at;
    }

    private static void Put64(Span<byte> code, ref int at, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(code[at..], value);
        at += 8;
    }

    private static void Put(Span<byte> code, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(code[at..]);
        at += bytes.Length;
    }

    private static void Put32(Span<byte> code, ref int at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(code[at..], value);
        at += 4;
    }
}
