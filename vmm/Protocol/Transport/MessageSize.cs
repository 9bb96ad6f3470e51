namespace Dilaton.Protocol;

internal static class MessageSize
{
    /// <exception cref="ProtocolException">A frame is longer than it may be.</exception>
    public static void Check(int headerBytes, int payloadBytes)
    {
        Check(0, headerBytes, ProtocolLimits.HeaderBytesMax);
        Check(1, payloadBytes, ProtocolLimits.PayloadBytesMax);
    }

    private static void Check(int frame, int bytes, int bytesMax)
    {
        if (bytes > bytesMax)
        {
            throw new ProtocolException(frame, "size", $"at most {bytesMax} bytes", $"{bytes}");
        }
    }
}
