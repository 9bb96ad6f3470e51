namespace Dilaton.Machine;

/// <summary>What is on a disk. Ranges lie within it. Calls end in an IOException if the host can't do them.
/// </summary>
public interface IDiskStore : IDisposable
{
    /// <summary>Whole sectors of 512 bytes.</summary>
    ulong SizeBytes { get; }

    bool IsReadOnly { get; }

    void Read(ulong at, Span<byte> bytes);

    void Write(ulong at, ReadOnlySpan<byte> bytes);
}
