using System.Buffers.Binary;

namespace Dilaton.Tests.Integration;

/// <summary>A small ELF program of random pieces of code: system calls with any arguments, stores and jumps to
/// anywhere, loops, processes, threads, code that it makes itself, bytes that mean nothing. The same for the same
/// seed. What it does not touch on purpose is its worker's own memory: that has a test of its own.</summary>
internal sealed class RandomProgram
{
    private const ulong Code = 0x40_0000;
    private const ulong Data = 0x60_0000;
    private const int PageBytes = 0x1000;
    private const int HeaderBytes = 64 + (2 * 56);
    private const int NumberMax = 462;
    private const int Exit = 60;
    private const int ExitGroup = 231;

    private static readonly ulong[] s_nobodys =
    [
        0, 8, 0xfff, 0x123456, 0x8000_0000_0000, 0x7fff_ffff_ffff_ffff, 0xffff_8000_0000_0000, 0xffff_ffff_ff60_0000,
        0xffff_ffff_8000_0000, ulong.MaxValue, 0x0fe0_0000_0000, 0x4fff_0000_0000,
    ];

    private readonly List<byte> _code = [];
    private ulong _state;

    private RandomProgram(ulong seed)
    {
        _state = (seed + 1) * 0x9E37_79B9_7F4A_7C15;
    }

    public static byte[] Make(ulong seed)
    {
        RandomProgram program = new(seed);
        int pieces = 4 + program.Below(40);
        for (int i = 0; i < pieces; i++)
        {
            program.AddPiece();
        }

        program.Move(7, (ulong)program.Below(256));
        program.Call(ExitGroup);
        return program.Image();
    }

    private void AddPiece()
    {
        switch (Below(12))
        {
            case < 5:
                AddSystemCall();
                break;
            case 5:
                AddStore();
                break;
            case 6:
                AddLoop();
                break;
            case 7:
                AddFork();
                break;
            case 8:
                AddMadeCode();
                break;
            case 9 when Below(4) == 0:
                AddJump();
                break;
            case 10 when Below(4) == 0:
                AddNoise();
                break;
            default:
                // push; push; pop; pop
                _code.AddRange([0x50, 0x53, 0x5B, 0x58]);
                break;
        }
    }

    /// <summary>Any, but the ends: those come by themselves.</summary>
    private void AddSystemCall()
    {
        foreach (int register in (int[])[7, 6, 2, 10, 8, 9])
        {
            Move(register, Argument());
        }

        int number = Below(NumberMax);
        Call(number is Exit or ExitGroup ? 39 : number);
    }

    private void AddStore()
    {
        Move(3, Below(3) == 0 ? Argument() : Data + (ulong)Below(PageBytes - 8));
        _code.AddRange([0x48, 0x89, 0x03]); // mov [rbx], rax
    }

    private void AddLoop()
    {
        Move(1, (ulong)(1 + Below(2000)));
        _code.AddRange([0x48, 0x01, 0xC8, 0xFF, 0xC9, 0x75, 0xF9]); // add rax, rcx; dec ecx; jnz
    }

    /// <summary>Both go on behind it: with several of them there are many.</summary>
    private void AddFork() => Call(Below(3) == 0 ? 58 : 57);

    /// <summary>mmap of a page for everything, code into it, a call of it.</summary>
    private void AddMadeCode()
    {
        Move(7, 0);
        Move(6, PageBytes);
        Move(2, 7);
        Move(10, 0x22);
        Move(8, ulong.MaxValue);
        Move(9, 0);
        Call(9);
        _code.AddRange([0x48, 0x89, 0xC3]); // mov rbx, rax
        _code.AddRange([0xC7, 0x03, 0x48, 0xFF, 0xC0, 0xC3]); // mov dword [rbx], inc rax; ret
        _code.AddRange([0xFF, 0xD3]); // call rbx
    }

    private void AddJump()
    {
        Move(3, Below(2) == 0 ? Argument() : Code + (ulong)Below(PageBytes));
        _code.AddRange([0xFF, (byte)(Below(2) == 0 ? 0xE3 : 0xD3)]); // jmp rbx, or call rbx
    }

    private void AddNoise()
    {
        int length = 1 + Below(15);
        for (int i = 0; i < length; i++)
        {
            _code.Add((byte)Next());
        }
    }

    private ulong Argument() => Below(7) switch
    {
        0 => 0,
        1 => (ulong)Below(64),
        2 => (ulong)-(long)Below(64),
        3 => Data + (ulong)Below(PageBytes),
        4 => 1UL << Below(64),
        5 => s_nobodys[Below(s_nobodys.Length)],
        _ => Code + (ulong)Below(PageBytes),
    };

    private void Move(int register, ulong value)
    {
        _code.AddRange([(byte)(register < 8 ? 0x48 : 0x49), (byte)(0xB8 + (register & 7))]);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _code.AddRange(bytes);
    }

    private void Call(int number)
    {
        Move(0, (ulong)number);
        _code.AddRange([0x0F, 0x05]);
    }

    /// <summary>Headers and code in a page or more for reading and running, and one of data.</summary>
    private byte[] Image()
    {
        byte[] image = new byte[HeaderBytes + _code.Count];
        byte[] begin = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        begin.CopyTo(image, 0);
        Span<byte> header = image;
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], 62);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Code + HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], 2);
        Segment(header[64..], 5, Code, (ulong)image.Length, (ulong)image.Length);
        Segment(header[120..], 6, Data, 0, PageBytes);
        _code.CopyTo(image, HeaderBytes);
        return image;
    }

    private static void Segment(Span<byte> at, uint flags, ulong address, ulong fileBytes, ulong memoryBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], fileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], memoryBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], PageBytes);
    }

    private int Below(int bound) => (int)(Next() % (ulong)bound);

    private ulong Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (_state * 0x2545_F491_4F6C_DD1D) >> 16;
    }
}
