using System.Buffers.Binary;

namespace Dilaton.Native;

/// <summary>Machine code that a signal enters on the alternate stack.
/// <list type="number">
/// <item>Inside the code arena, where the stack pointer is the guest's: the handler that was there
/// before runs where it is. The runtime's finds no managed code there and returns at once.</item>
/// <item>Elsewhere: the whole frame (return address, siginfo, ucontext, vector state) is copied
/// below the interrupted stack, as if the signal had never asked for the alternate one, and the
/// handler runs there. The runtime suspends threads and walks stacks within its handler, for which
/// the 16 KiB of its alternate stack are too few.</item>
/// </list></summary>
internal static class SignalFrameMove
{
    public const int BytesMax = 192;

    // ucontext of Linux x86-64: uc_stack at 10, rsp at A0, rip at A8, fpstate pointer at E0.
    private static ReadOnlySpan<byte> LoadRip => [0x48, 0x8B, 0x82, 0xA8, 0, 0, 0, 0x48, 0x2D];

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

    /// <returns>Its length.</returns>
    public static int Emit(Span<byte> code, long previous, uint arenaStart, uint arenaBytes)
    {
        int at = 0;
        Put(code, ref at, LoadRip);                     // mov rax,[rdx+A8]; sub rax,start
        Put32(code, ref at, arenaStart);
        Put(code, ref at, [0x48, 0x3D]);                // cmp rax,size
        Put32(code, ref at, arenaBytes);
        Put(code, ref at, [0x72, 0]);                   // jb direct
        int first = at;
        Put(code, ref at, ReadStacks);
        int second = first + 9;
        int third = at;
        Put(code, ref at, Copy);
        foreach (int jump in (ReadOnlySpan<int>)[first, second, third])
        {
            code[jump - 1] = checked((byte)(sbyte)(at - jump));
        }

        Put(code, ref at, [0x48, 0xB8]);                // direct: mov rax,previous; jmp rax
        BinaryPrimitives.WriteInt64LittleEndian(code[at..], previous);
        at += 8;
        Put(code, ref at, [0xFF, 0xE0]);
        return at;
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
