namespace Dilaton.Models.Memory;

/// <summary>A trace that is not what its format says.</summary>
/// <param name="offset">Bytes from the file's begin (of what it holds, if it is compressed).</param>
public sealed class TraceException(long offset, string why)
    : Exception($"at byte {offset}: {why}")
{
    public long Offset { get; } = offset;

    public string Why { get; } = why;
}
