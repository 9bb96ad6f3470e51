using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>What both ends over ZeroMQ have in common.</summary>
internal static class Transports
{
    // A Bye that the partner has not fetched yet is kept this long, in milliseconds.
    private const int LingerMs = 500;

    public const int MessagesMax = 1024;

    // Only a backstop: what is over the protocol's limits and below this is named in an error.
    public const long FrameBytesMax = 1L << 30;

    // A partner that does not take a message for this long, in milliseconds, is an error.
    private const int SendTimeoutMs = 10_000;

    // Between hosts: how often the other end is asked for a sign of life, and how long one may fail
    // to come before it is cut off, in milliseconds.
    private const int HeartbeatMs = 1_000;
    private const int SilenceMs = 10_000;

    public static void SetHeartbeat(ZeroMqSocket socket) =>
        socket.SetHeartbeat(HeartbeatMs, SilenceMs);

    public static T Guard<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (ZeroMqException e)
        {
            throw new TransportException(e.Message, e);
        }
    }

    public static void SetLimits(ZeroMqSocket socket)
    {
        socket.SetLinger(LingerMs);
        socket.SetHighWaterMark(MessagesMax);
        socket.SetFrameBytesMax(FrameBytesMax);
        socket.SetSendTimeout(SendTimeoutMs);
    }

    public static int Milliseconds(TimeSpan timeout) => timeout == Timeout.InfiniteTimeSpan
        ? -1
        : (int)Math.Ceiling(Math.Clamp(timeout.TotalMilliseconds, 0, int.MaxValue));
}
