using System.Buffers.Binary;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Writes x86-64 machine code into a staging buffer that knows its final address.
/// Registers are encoding numbers; the context is addressed through GS.</summary>
internal sealed class X64Emitter : CodeWriter
{
    public const int Rax = 0;
    public const int Rcx = 1;
    public const int Rsp = 4;
    public const int Counter = 15;
    public const int None = -1;

    private const int CapacityBytes = 256 << 10;

    private readonly byte[] _code = new byte[CapacityBytes];
    private ulong _origin;

    public int Length { get; private set; }

    public ulong Here => _origin + (ulong)Length;

    public ReadOnlySpan<byte> Code => _code.AsSpan(0, Length);

    public void Begin(ulong origin)
    {
        _origin = origin;
        Length = 0;
    }

    public ulong AddressOf(int position) => _origin + (ulong)position;

    public override void WriteByte(byte value) => _code[Length++] = value;

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_code.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Dword(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_code.AsSpan(Length), value);
        Length += 4;
    }

    public void Quad(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_code.AsSpan(Length), value);
        Length += 8;
    }

    public void Align(int bytes)
    {
        while ((Here & (ulong)(bytes - 1)) != 0)
        {
            WriteByte(0x90);
        }
    }

    public void StoreContext(int offset, int register) => Context(0x89, register, offset, true);

    public void LoadContext(int register, int offset) => Context(0x8B, register, offset, true);

    public void LoadContext32(int register, int offset) => Context(0x8B, register, offset, false);

    public void StoreContext32(int offset, int register) => Context(0x89, register, offset, false);

    public void StoreContextImmediate32(int offset, uint value)
    {
        Bytes([0x65, 0xC7, 0x04, 0x25]);
        Dword(offset);
        Dword((int)value);
    }

    public void Spill(int register) =>
        StoreContext(VcpuContextLayout.Spill + (register * 8), register);

    public void Unspill(int register) =>
        LoadContext(register, VcpuContextLayout.Spill + (register * 8));

    /// <summary>The guest value of a register in its slot, into another register.</summary>
    public void UnspillInto(int destination, int spilled) =>
        LoadContext(destination, VcpuContextLayout.Spill + (spilled * 8));

    public void Move(int destination, int source) => RegisterForm(0x8B, destination, source, true);

    public void MoveImmediate(int register, ulong value)
    {
        if (value <= uint.MaxValue)
        {
            if (register >= 8)
            {
                WriteByte(0x41);
            }

            WriteByte((byte)(0xB8 + (register & 7)));
            Dword((int)(uint)value);
            return;
        }

        WriteByte((byte)(0x48 | (register >> 3)));
        WriteByte((byte)(0xB8 + (register & 7)));
        Quad((long)value);
    }

    public void Load(int register, int baseRegister, int displacement) =>
        Memory(0x8B, register, baseRegister, None, 1, displacement, true);

    public void Lea(int destination, int baseRegister, int displacement)
    {
        if (destination != baseRegister || displacement != 0)
        {
            Memory(0x8D, destination, baseRegister, None, 1, displacement, true);
        }
    }

    public void Lea(int destination, int baseRegister, int index, int scale, int displacement) =>
        Memory(0x8D, destination, baseRegister, index, scale, displacement, true);

    /// <summary>An instruction with a register and a 64-bit-addressed memory operand.</summary>
    public void Memory(
        byte opcode, int register, int baseRegister, int index, int scale, int displacement, bool wide)
    {
        Rex(wide, register, index, baseRegister);
        WriteByte(opcode);
        ModRm(register, baseRegister, index, scale, displacement);
    }

    /// <summary>mov gs:[r15d + displacement], register: the cursor, which counts from the context, is
    /// the counter's low half.</summary>
    public void StoreRecord(int displacement, int register)
    {
        Bytes([0x65, 0x67]);
        Memory(0x89, register, Counter, None, 1, displacement, true);
    }

    /// <summary>mov register, gs:[r15d].</summary>
    public void LoadRecord(int register)
    {
        Bytes([0x65, 0x67]);
        Memory(0x8B, register, Counter, None, 1, 0, true);
    }

    public void StoreRecordImmediate32(int displacement, uint value)
    {
        Bytes([0x65, 0x67]);
        Memory(0xC7, 0, Counter, None, 1, displacement, false);
        Dword((int)value);
    }

    /// <summary>sub r15, value; sets flags.</summary>
    public void SubtractFromCounter(int value)
    {
        if (value is >= -128 and < 128)
        {
            Bytes([0x49, 0x83, 0xEF, (byte)value]);
            return;
        }

        Bytes([0x49, 0x81, 0xEF]);
        Dword(value);
    }

    /// <summary>push [rip + constant].</summary>
    /// <returns>Position to <see cref="BindTo"/> the constant.</returns>
    public int PushConstant()
    {
        Bytes([0xFF, 0x35]);
        Dword(0);
        return Length - 4;
    }

    /// <summary>add r15, [rip + constant]; sets flags.</summary>
    /// <returns>Position to <see cref="BindTo"/> the constant.</returns>
    public int AddToCounterFromConstant()
    {
        Bytes([0x4C, 0x03, 0x3D]);
        Dword(0);
        return Length - 4;
    }

    /// <summary>Adds to r15 without touching flags; <paramref name="scratch"/> may be lost.
    /// </summary>
    public void AddToCounter(long value, int scratch)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Lea(Counter, Counter, (int)value);
            return;
        }

        MoveImmediate(scratch, (ulong)value);
        Lea(Counter, Counter, scratch, 1, 0);
    }

    /// <returns>Position of the rel32, for <see cref="Bind"/>.</returns>
    public int JumpIf(int condition)
    {
        WriteByte(0x0F);
        WriteByte((byte)(0x80 | condition));
        Dword(0);
        return Length - 4;
    }

    public void JumpIfTo(int condition, ulong target)
    {
        int at = JumpIf(condition);
        PatchRelative(at, target);
    }

    public int Jump()
    {
        WriteByte(0xE9);
        Dword(0);
        return Length - 4;
    }

    public void JumpTo(ulong target)
    {
        int at = Jump();
        PatchRelative(at, target);
    }

    /// <summary>Makes an earlier rel32 lead here.</summary>
    public void Bind(int position) => PatchRelative(position, Here);

    public void BindTo(int position, int targetPosition) =>
        PatchRelative(position, AddressOf(targetPosition));

    /// <summary>jrcxz over the next <paramref name="skipped"/> bytes.</summary>
    public void JumpIfRcxZero(int skipped) => Bytes([0xE3, (byte)skipped]);

    /// <summary>jecxz over the next <paramref name="skipped"/> bytes: looks at the low half only.
    /// </summary>
    public void JumpIfEcxZero(int skipped) => Bytes([0x67, 0xE3, (byte)skipped]);

    /// <summary>rorx destination, source, 32; keeps flags.</summary>
    public void SwapHalves(int destination, int source) => Bytes(
        [0xC4, (byte)(0x43 | (destination < 8 ? 0x80 : 0) | (source < 8 ? 0x20 : 0)), 0xFB, 0xF0,
            (byte)(0xC0 | ((destination & 7) << 3) | (source & 7)), 32]);

    public int ShortJump(byte opcode)
    {
        WriteByte(opcode);
        WriteByte(0);
        return Length - 1;
    }

    public void BindShort(int position)
    {
        int distance = Length - (position + 1);
        Core.Invariant.Require(distance is >= 0 and < 128);
        _code[position] = (byte)distance;
    }

    /// <summary>mov dword gs:[exit], site; jmp exit code.</summary>
    public void LeaveTo(ulong exitCode, uint site)
    {
        StoreContextImmediate32(VcpuContextLayout.Exit, site);
        JumpTo(exitCode);
    }

    public void PatchRelative(int position, ulong target)
    {
        long distance = (long)(target - AddressOf(position + 4));
        Core.Invariant.Require(distance is >= int.MinValue and <= int.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(_code.AsSpan(position), (int)distance);
    }

    public void RegisterForm(byte opcode, int register, int other, bool wide)
    {
        Rex(wide, register, None, other);
        WriteByte(opcode);
        WriteByte((byte)(0xC0 | ((register & 7) << 3) | (other & 7)));
    }

    /// <summary>opcode /register gs:[offset].</summary>
    public void Context(byte opcode, int register, int offset, bool wide)
    {
        WriteByte(0x65);
        Rex(wide, register, None, 0);
        WriteByte(opcode);
        WriteByte((byte)(((register & 7) << 3) | 4));
        WriteByte(0x25);
        Dword(offset);
    }

    private void Rex(bool wide, int register, int index, int baseRegister)
    {
        int rex = 0x40 | (wide ? 8 : 0) | ((register >> 3) << 2)
            | (index >= 8 ? 2 : 0) | (baseRegister >= 8 ? 1 : 0);
        if (rex != 0x40)
        {
            WriteByte((byte)rex);
        }
    }

    private void ModRm(int register, int baseRegister, int index, int scale, int displacement)
    {
        int field = (register & 7) << 3;
        int scaleBits = scale switch { 2 => 1, 4 => 2, 8 => 3, _ => 0 };
        int indexBits = index == None ? 4 : index & 7;
        if (baseRegister == None)
        {
            WriteByte((byte)(field | 4));
            WriteByte((byte)((scaleBits << 6) | (indexBits << 3) | 5));
            Dword(displacement);
            return;
        }

        bool plainBase = (baseRegister & 7) != 5;
        int mode = displacement == 0 && plainBase ? 0 : displacement is >= -128 and < 128 ? 1 : 2;
        if (index != None || (baseRegister & 7) == 4)
        {
            WriteByte((byte)((mode << 6) | field | 4));
            WriteByte((byte)((scaleBits << 6) | (indexBits << 3) | (baseRegister & 7)));
        }
        else
        {
            WriteByte((byte)((mode << 6) | field | (baseRegister & 7)));
        }

        if (mode == 1)
        {
            WriteByte((byte)displacement);
        }
        else if (mode == 2)
        {
            Dword(displacement);
        }
    }
}
