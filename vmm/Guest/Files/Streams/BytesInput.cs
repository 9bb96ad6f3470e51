namespace Dilaton.Guest;

/// <summary>Standard input of fixed bytes; empty is <c>/dev/null</c>.</summary>
public sealed class BytesInput(ReadOnlyMemory<byte> bytes) : IGuestInput
{
    private ReadOnlyMemory<byte> _rest = bytes;

    public int Read(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _rest.Length);
        _rest.Span[..count].CopyTo(destination);
        _rest = _rest[count..];
        return count;
    }
}
