using System.Buffers.Binary;
using System.Text;
using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>Code, state and memory to begin with. Code is followed by INT3 wherever nothing else
/// was written, so that every way out ends in a breakpoint fault.</summary>
internal sealed class TestCase
{
    public const int DefaultStepMax = 2048;

    public required string Name { get; init; }

    public CpuState Begin { get; } = new();

    public byte[] Image { get; init; } = new byte[TestLayout.ImageBytes];

    public int StepMax { get; init; } = DefaultStepMax;

    /// <summary>The guest may write its code.</summary>
    public bool CodeIsWritable { get; init; }

    public Span<byte> Memory(ulong address, int length) =>
        Image.AsSpan(TestLayout.OffsetOf(address), length);

    public void WriteQword(ulong address, ulong value)
    {
        if (TestLayout.IsMapped(address, 8))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(Memory(address, 8), value);
        }
    }

    /// <summary>The code from rip on, decoded up to the first INT3.</summary>
    public string Disassemble(int instructionsMax = 100)
    {
        StringBuilder text = new();
        ulong rip = Begin.Rip;
        for (int i = 0; i < instructionsMax && TestLayout.Code.Contains(rip); i++)
        {
            Instruction instruction = Decode(Image, rip);
            if (instruction.Code == Code.Int3)
            {
                break;
            }

            string bytes = Convert.ToHexStringLower(Memory(rip, instruction.Length));
            text.Append($"  {rip:x}: {bytes,-24} {instruction}\n");
            rip = instruction.NextIP;
        }

        return text.ToString();
    }

    public static Instruction Decode(byte[] image, ulong rip)
    {
        if (!TestLayout.Code.Contains(rip))
        {
            return default;
        }

        int offset = TestLayout.OffsetOf(rip);
        int length = Math.Min(15, (int)(TestLayout.Code.End - rip));
        Iced.Intel.Decoder decoder = Iced.Intel.Decoder.Create(64, new ByteArrayCodeReader(image, offset, length));
        decoder.IP = rip;
        return decoder.Decode();
    }
}
