namespace Dilaton.Guest;

/// <summary>Where a standard output of the guest goes.</summary>
public interface IGuestOutput
{
    void Write(ReadOnlySpan<byte> bytes);
}
