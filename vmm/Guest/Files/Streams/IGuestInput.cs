namespace Dilaton.Guest;

/// <summary>Where a guest's standard input comes from. Reading may block the host thread: it takes
/// no virtual time.</summary>
public interface IGuestInput
{
    /// <returns>Bytes read; 0 is the end.</returns>
    int Read(Span<byte> destination);
}
