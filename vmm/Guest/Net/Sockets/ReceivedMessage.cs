namespace Dilaton.Guest;

/// <summary>What is told of a received message beside its bytes.</summary>
/// <param name="Source">Address of the sender; empty if it has none or is known.</param>
/// <param name="FullLength">Of the message, also if it was cut.</param>
internal readonly record struct ReceivedMessage(byte[] Source, long FullLength, bool IsTruncated)
{
    /// <summary>Files that came with it, each with a reference that the receiver takes over.
    /// </summary>
    public IReadOnlyList<OpenFile> Rights { get; init; } = [];

    /// <summary>0 if the socket does not ask for it.</summary>
    public int SenderProcessId { get; init; }

    /// <summary>MSG_EOR and the like.</summary>
    public int Flags { get; init; }
}
