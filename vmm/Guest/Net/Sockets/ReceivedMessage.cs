namespace Dilaton.Guest;

/// <summary>What is told of a received message beside its bytes.</summary>
/// <param name="Source">Address of the sender; empty if it has none or is known.</param>
/// <param name="FullLength">Of the message, also if it was cut.</param>
internal readonly record struct ReceivedMessage(byte[] Source, long FullLength, bool IsTruncated);
