using System.Buffers.Binary;
using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>Lays code into a test case, one instruction after the other, with labels for branches
/// that are bound later and a pool of constants behind the code.</summary>
internal sealed class BlockBuilder(TestCase test, ulong start)
{
    private const int PoolBytes = 0x400;
    private readonly List<(ulong At, ulong Next, int Bytes, int Label)> _fixups = [];
    private readonly List<ulong> _labels = [];
    private ulong _pool = TestLayout.Code.End;

    public ulong Rip { get; private set; } = start;

    /// <summary>Room left before the pool's lowest possible address.</summary>
    public bool IsFull => Rip + 0x200 > TestLayout.Code.End - PoolBytes;

    public int NewLabel()
    {
        _labels.Add(0);
        return _labels.Count - 1;
    }

    public void Bind(int label) => _labels[label] = Rip;

    public ulong AddressOf(int label) => _labels[label];

    public void Emit(in Instruction instruction)
    {
        ByteCollector bytes = new();
        uint length = Encoder.Create(64, bytes).Encode(instruction, Rip);
        bytes.CopyTo(test.Memory(Rip, (int)length));
        Rip += length;
    }

    public void EmitBytes(params ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(test.Memory(Rip, bytes.Length));
        Rip += (ulong)bytes.Length;
    }

    /// <summary>A branch to a label, bound or not; short only where the caller knows it reaches.
    /// </summary>
    public void Branch(Code code, int label)
    {
        ulong at = Rip;
        Emit(Instruction.CreateBranch(code, Rip + 2));
        bool isShort = code.ToOpCode().GetOpKind(0) == OpCodeOperandKind.br64_1;
        _fixups.Add((at, Rip, isShort ? 1 : 4, label));
    }

    public void Load(Register register, ulong value)
    {
        Register full = register.GetFullRegister();
        Emit(value <= uint.MaxValue
            ? Instruction.Create(
                Code.Mov_r32_imm32, Register.EAX + (full - Register.RAX), (uint)value)
            : Instruction.Create(Code.Mov_r64_imm64, full, value));
    }

    public ulong Constant(ReadOnlySpan<byte> bytes)
    {
        _pool -= (ulong)((bytes.Length + 31) & ~31);
        bytes.CopyTo(test.Memory(_pool, bytes.Length));
        return _pool;
    }

    /// <summary>A table of label addresses, filled in by <see cref="Finish"/>.</summary>
    public ulong Table(ReadOnlySpan<int> labels)
    {
        _pool -= (ulong)((labels.Length * 8) + 31) & ~31UL;
        for (int i = 0; i < labels.Length; i++)
        {
            _fixups.Add((_pool + (8 * (ulong)i), 0, 8, labels[i]));
        }

        return _pool;
    }

    public bool PoolHasRoom => _pool > TestLayout.Code.End - PoolBytes + 0x80;

    public void Finish()
    {
        foreach ((ulong at, ulong next, int bytes, int label) in _fixups)
        {
            ulong target = _labels[label];
            if (bytes == 8)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(test.Memory(at, 8), target);
                continue;
            }

            long distance = (long)(target - next);
            if (bytes == 1)
            {
                test.Memory(next - 1, 1)[0] = (byte)checked((sbyte)distance);
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(test.Memory(next - 4, 4), (int)distance);
            }
        }
    }
}
