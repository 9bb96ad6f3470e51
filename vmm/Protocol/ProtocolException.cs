namespace Dilaton.Protocol;

/// <summary>A partner said what docs/protocol.md does not allow.</summary>
public sealed class ProtocolException : Exception
{
    /// <param name="frame">Frame of the message, 0 or 1.</param>
    /// <param name="field">Path of the field, such as <c>blocks[2].offset</c>.</param>
    public ProtocolException(int frame, string field, string expected, string actual)
        : base($"frame {frame}, {field}: expected {expected}, got {actual}")
    {
        Frame = frame;
        Field = field;
    }

    public ProtocolException(int frame, string field, string expected, Exception inner)
        : base($"frame {frame}, {field}: expected {expected}: {inner?.Message}", inner)
    {
        Frame = frame;
        Field = field;
    }

    public int Frame { get; }

    public string Field { get; }
}
