using Iced.Intel;

namespace Dilaton.Tests.Differential;

internal sealed class ByteCollector : CodeWriter
{
    private readonly List<byte> _bytes = [];

    public int Count => _bytes.Count;

    public override void WriteByte(byte value) => _bytes.Add(value);

    public void CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < _bytes.Count; i++)
        {
            destination[i] = _bytes[i];
        }
    }

    public byte[] ToArray() => [.. _bytes];
}
