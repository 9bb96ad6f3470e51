namespace Dilaton.Protocol;

/// <summary>Who is replayed to does not do what it did when it was recorded.</summary>
public sealed class ReplayException(long message, string text)
    : Exception($"message {message} of the recording: {text}")
{
    /// <summary>The first message that differs, from 1.</summary>
    public long MessageNumber { get; } = message;
}
