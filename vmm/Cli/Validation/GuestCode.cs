using System.Buffers.Binary;

namespace Dilaton.Cli;

/// <summary>Machine code of a small freestanding guest, so that `validate` needs neither a compiler
/// nor files: a few instructions of x86-64 in one encoding each (Intel SDM vol. 2, "Instruction
/// Format"), made into a static ELF program (System V ABI, "Object Files").
/// <code>
///   0x400000   code, at file offset 0x1000       0x600000   given data
///   0x10000000 room that starts as zeros
/// </code>
/// No instruction crosses a line of 64 bytes: what would is moved behind the line by NOPs.</summary>
internal sealed class GuestCode
{
    public const ulong RoomStart = 0x1000_0000;

    private const ulong CodeStart = 0x40_0000;
    private const ulong DataStart = 0x60_0000;
    private const int PageBytes = 4096;
    private const int LineBytes = 64;
    private const byte Nop = 0x90;

    private readonly List<byte> _code = [];
    private readonly List<byte> _data = [];
    private ulong _roomBytes;

    /// <returns>Address of the bytes, which the program may change.</returns>
    public ulong Data(ReadOnlySpan<byte> bytes)
    {
        while (_data.Count % 8 != 0)
        {
            _data.Add(0);
        }

        ulong at = DataStart + (ulong)_data.Count;
        _data.AddRange(bytes);
        return at;
    }

    /// <returns>Address of so many zeros, at the start of a page.</returns>
    public ulong Room(ulong bytes)
    {
        ulong at = RoomStart + _roomBytes;
        _roomBytes += (bytes + PageBytes - 1) / PageBytes * PageBytes;
        return at;
    }

    /// <returns>The place of the next instruction, to jump back to.</returns>
    public int Here() => _code.Count;

    public void Set(Register to, ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        bytes[0] = Prefix(0, to);
        bytes[1] = (byte)(0xb8 + ((int)to & 7));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[2..], value);
        Emit(bytes);
    }

    public void Copy(Register to, Register from) => EmitPair(0x89, from, to);

    public void Add(Register to, Register value) => EmitPair(0x01, value, to);

    public void And(Register to, Register value) => EmitPair(0x21, value, to);

    public void Subtract(Register to, Register value) => EmitPair(0x29, value, to);

    /// <summary>For a jump: to - value.</summary>
    public void Compare(Register to, Register value) => EmitPair(0x39, value, to);

    public void Multiply(Register to, Register value) => Emit(
    [
        Prefix(to, value), 0x0f, 0xaf, (byte)(0xc0 | (((int)to & 7) << 3) | ((int)value & 7)),
    ]);

    public void ShiftRight(Register to, byte bits) =>
        Emit([Prefix(0, to), 0xc1, (byte)(0xe8 | ((int)to & 7)), bits]);

    public void Load(Register to, Register address, int offset = 0) =>
        EmitMemory(0x8b, to, address, offset);

    public void Store(Register value, Register address, int offset = 0) =>
        EmitMemory(0x89, value, address, offset);

    public void Decrement(Register register) =>
        Emit([Prefix(0, register), 0xff, (byte)(0xc8 | ((int)register & 7))]);

    public void JumpIfNotZero(int place) => EmitJump([0x0f, 0x85], place);

    /// <summary>If the comparison's first was below, both without sign.</summary>
    public void JumpIfBelow(int place) => EmitJump([0x0f, 0x82], place);

    /// <summary>If the last result or test had no sign.</summary>
    public void JumpIfPositive(int place) => EmitJump([0x0f, 0x89], place);

    /// <summary>Changes rax, rcx, r11 and the argument registers that it uses.</summary>
    public void Call(GuestCall call, params ReadOnlySpan<Operand> arguments)
    {
        ReadOnlySpan<Register> places =
            [Register.Rdi, Register.Rsi, Register.Rdx, Register.R10, Register.R8, Register.R9];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Register is { } from)
            {
                Copy(places[i], from);
            }
            else
            {
                Set(places[i], arguments[i].Number);
            }
        }

        Set(Register.Rax, (ulong)call);
        Emit([0x0f, 0x05]);
    }

    /// <summary>Tests rax for a system call's error.</summary>
    public void Test() => EmitPair(0x85, Register.Rax, Register.Rax);

    /// <summary>The same; the program ends with the code if rax is negative.</summary>
    /// <param name="exitCode">1 to 255.</param>
    public void Require(int exitCode)
    {
        ReadOnlySpan<byte> end =
            [0xbf, (byte)exitCode, 0, 0, 0, 0xb8, (byte)GuestCall.Exit, 0, 0, 0, 0x0f, 0x05];

        // TEST, JNS over the end: in one line.
        Emit([0x48, 0x85, 0xc0, 0x79, (byte)end.Length, .. end]);
    }

    public void Exit(int exitCode = 0) => Call(GuestCall.Exit, exitCode);

    public byte[] ToImage()
    {
        int codePages = Pages(_code.Count);
        int dataAt = PageBytes + (codePages * PageBytes);
        byte[] image = new byte[dataAt + _data.Count];
        WriteHeader(image);
        WriteSegment(image, 0, 5, PageBytes, CodeStart, _code.Count, (ulong)_code.Count);
        WriteSegment(image, 1, 6, dataAt, DataStart, _data.Count, (ulong)_data.Count);
        WriteSegment(image, 2, 6, 0, RoomStart, 0, _roomBytes);
        _code.CopyTo(image, PageBytes);
        _data.CopyTo(image, dataAt);
        return image;
    }

    private static int Pages(int bytes) => (bytes + PageBytes - 1) / PageBytes;

    private static void WriteHeader(Span<byte> image)
    {
        const int HeaderBytes = 64;
        ReadOnlySpan<byte> ident = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        ident.CopyTo(image);
        BinaryPrimitives.WriteUInt16LittleEndian(image[16..], 2); // An executable
        BinaryPrimitives.WriteUInt16LittleEndian(image[18..], 62); // of x86-64,
        BinaryPrimitives.WriteUInt32LittleEndian(image[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(image[24..], CodeStart); // its entry,
        BinaryPrimitives.WriteUInt64LittleEndian(image[32..], HeaderBytes); // its segments:
        BinaryPrimitives.WriteUInt16LittleEndian(image[52..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(image[54..], SegmentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(image[56..], 3);
    }

    private const int SegmentBytes = 56;

    private static void WriteSegment(
        Span<byte> image, int index, uint flags, int at, ulong address, int bytes, ulong room)
    {
        Span<byte> entry = image.Slice(64 + (index * SegmentBytes), SegmentBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, room > 0 ? 1u : 0); // To be loaded, if any
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], (ulong)at);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], (ulong)bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], room);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[48..], PageBytes);
    }

    private void EmitPair(byte opcode, Register register, Register other) => Emit(
    [
        Prefix(register, other), opcode,
        (byte)(0xc0 | (((int)register & 7) << 3) | ((int)other & 7)),
    ]);

    private void EmitMemory(byte opcode, Register register, Register address, int offset)
    {
        // R12 as an address needs a byte more (SIB), which none of these programs wants.
        Core.Invariant.Require(((int)address & 7) != 4);
        Span<byte> bytes = stackalloc byte[7];
        bytes[0] = Prefix(register, address);
        bytes[1] = opcode;
        bytes[2] = (byte)(0x80 | (((int)register & 7) << 3) | ((int)address & 7));
        BinaryPrimitives.WriteInt32LittleEndian(bytes[3..], offset);
        Emit(bytes);
    }

    private void EmitJump(ReadOnlySpan<byte> opcode, int place)
    {
        Span<byte> bytes = stackalloc byte[6];
        opcode.CopyTo(bytes);
        Align(bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(
            bytes[2..], place - (_code.Count + bytes.Length));
        Emit(bytes);
    }

    /// <summary>REX.W, and the fourth bits of the two registers.</summary>
    private static byte Prefix(Register register, Register other) =>
        (byte)(0x48 | ((int)register >= 8 ? 4 : 0) | ((int)other >= 8 ? 1 : 0));

    private void Emit(ReadOnlySpan<byte> instruction)
    {
        Align(instruction.Length);
        _code.AddRange(instruction);
    }

    private void Align(int length)
    {
        while ((_code.Count % LineBytes) + length > LineBytes)
        {
            _code.Add(Nop);
        }
    }
}
