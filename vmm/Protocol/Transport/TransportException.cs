namespace Dilaton.Protocol;

/// <summary>The transport can't do what was asked: no library, no such endpoint, no such partner.
/// </summary>
public sealed class TransportException : Exception
{
    public TransportException(string message)
        : base(message)
    {
    }

    public TransportException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
