using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Dilaton.Native;

/// <summary>A ZeroMQ socket. Used by one thread at a time. Calls that a host signal interrupts are
/// repeated.</summary>
public sealed class ZeroMqSocket : IDisposable
{
    private const int EndpointBytesMax = 512;

    private readonly ZeroMqSocketHandle _handle;
    private string _subject = "a socket";

    internal ZeroMqSocket(ZeroMqSocketHandle handle) => _handle = handle;

    /// <summary>How long, in milliseconds, what was not sent yet is kept when the socket is closed.
    /// </summary>
    public void SetLinger(int milliseconds) => SetOption(ZeroMqCalls.ZMQ_LINGER, milliseconds);

    /// <summary>Messages that may wait in each direction for each partner; 0: no limit.</summary>
    public void SetHighWaterMark(int messages)
    {
        SetOption(ZeroMqCalls.ZMQ_SNDHWM, messages);
        SetOption(ZeroMqCalls.ZMQ_RCVHWM, messages);
    }

    /// <summary>Milliseconds after which a blocked send fails with EAGAIN; -1: never.</summary>
    public void SetSendTimeout(int milliseconds) =>
        SetOption(ZeroMqCalls.ZMQ_SNDTIMEO, milliseconds);

    /// <summary>A ROUTER's send to a partner that is not there fails instead of being dropped.
    /// </summary>
    public void SetRouterMandatory() => SetOption(ZeroMqCalls.ZMQ_ROUTER_MANDATORY, 1);

    /// <summary>The name by which a ROUTER at the other end knows this socket: 1 to 255 bytes.
    /// </summary>
    public void SetRoutingId(ReadOnlySpan<byte> id) => SetOption(ZeroMqCalls.ZMQ_ROUTING_ID, id);

    /// <summary>A partner that sends a longer frame is cut off.</summary>
    public void SetFrameBytesMax(long bytes)
    {
        Span<byte> value = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(value, bytes);
        SetOption(ZeroMqCalls.ZMQ_MAXMSGSIZE, value);
    }

    /// <summary>A partner that has not been heard for the time-out, asked so often, is cut off.
    /// </summary>
    public void SetHeartbeat(int intervalMs, int timeoutMs)
    {
        SetOption(ZeroMqCalls.ZMQ_HEARTBEAT_IVL, intervalMs);
        SetOption(ZeroMqCalls.ZMQ_HEARTBEAT_TIMEOUT, timeoutMs);
    }

    /// <summary>Partners must encrypt for this key, and the context's gate lets them in.
    /// </summary>
    public void SetCurveServer(CurveKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        SetOption(ZeroMqCalls.ZMQ_CURVE_SERVER, 1);
        SetOption(ZeroMqCalls.ZMQ_CURVE_SECRETKEY, Encoding.ASCII.GetBytes(keys.Secret));
        SetOption(ZeroMqCalls.ZMQ_ZAP_DOMAIN, "dilaton"u8);
    }

    /// <summary>Shows itself with this key, to a partner that has the same.</summary>
    public void SetCurveClient(CurveKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        SetOption(ZeroMqCalls.ZMQ_CURVE_SERVERKEY, Encoding.ASCII.GetBytes(keys.Public));
        SetOption(ZeroMqCalls.ZMQ_CURVE_PUBLICKEY, Encoding.ASCII.GetBytes(keys.Public));
        SetOption(ZeroMqCalls.ZMQ_CURVE_SECRETKEY, Encoding.ASCII.GetBytes(keys.Secret));
    }

    /// <returns>The endpoint as it is, with the port that a `*` became.</returns>
    public string Bind(string endpoint)
    {
        Check(ZeroMqCalls.zmq_bind(_handle, endpoint), "zmq_bind", endpoint);
        _subject = LastEndpoint();
        return _subject;
    }

    public void Connect(string endpoint)
    {
        Check(ZeroMqCalls.zmq_connect(_handle, endpoint), "zmq_connect", endpoint);
        _subject = endpoint;
    }

    /// <summary>Sends one frame; blocks at the high-water mark. The data is copied.</summary>
    /// <exception cref="ZeroMqException">The partner is not there (EHOSTUNREACH), or the time to
    /// send is over (EAGAIN).</exception>
    public void Send(ReadOnlySpan<byte> frame, bool more)
    {
        int flags = more ? ZeroMqCalls.ZMQ_SNDMORE : 0;
        while (ZeroMqCalls.zmq_send(_handle, frame, (nuint)frame.Length, flags) < 0)
        {
            ThrowUnlessInterrupted("zmq_send");
        }
    }

    /// <summary>Receives one frame.</summary>
    /// <param name="timeoutMs">How long to wait; -1: for ever.</param>
    /// <returns>False if none came.</returns>
    public bool TryReceive(ZeroMqMessage message, int timeoutMs)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (TryReceiveNow(message))
        {
            return true;
        }

        return timeoutMs != 0 && WaitReadable(timeoutMs) && TryReceiveNow(message);
    }

    public void Dispose() => _handle.Dispose();

    private bool TryReceiveNow(ZeroMqMessage message)
    {
        while (ZeroMqCalls.zmq_msg_recv(message.Handle, _handle, ZeroMqCalls.ZMQ_DONTWAIT) < 0)
        {
            if (Marshal.GetLastPInvokeError() == ZeroMqCalls.EAGAIN)
            {
                return false;
            }

            ThrowUnlessInterrupted("zmq_msg_recv");
        }

        return true;
    }

    private bool WaitReadable(int timeoutMs)
    {
        bool added = false;
        _handle.DangerousAddRef(ref added);
        try
        {
            Span<ZeroMqPollItem> item =
            [
                new() { Socket = _handle.DangerousGetHandle(), Events = ZeroMqCalls.ZMQ_POLLIN },
            ];
            int ready = ZeroMqCalls.zmq_poll(item, 1, timeoutMs);
            if (ready < 0)
            {
                ThrowUnlessInterrupted("zmq_poll");
            }

            return ready != 0;
        }
        finally
        {
            _handle.DangerousRelease();
        }
    }

    private string LastEndpoint()
    {
        Span<byte> text = stackalloc byte[EndpointBytesMax];
        nuint length = EndpointBytesMax;
        Check(
            ZeroMqCalls.zmq_getsockopt(_handle, ZeroMqCalls.ZMQ_LAST_ENDPOINT, text, ref length),
            "zmq_getsockopt", _subject);
        return Encoding.UTF8.GetString(text[..Math.Max(0, (int)length - 1)]);
    }

    private void SetOption(int option, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        SetOption(option, bytes);
    }

    private void SetOption(int option, ReadOnlySpan<byte> value) => Check(
        ZeroMqCalls.zmq_setsockopt(_handle, option, value, (nuint)value.Length),
        "zmq_setsockopt", $"option {option}");

    private static void Check(int result, string call, string subject)
    {
        if (result != 0)
        {
            throw new ZeroMqException(call, subject, Marshal.GetLastPInvokeError());
        }
    }

    private void ThrowUnlessInterrupted(string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno != ZeroMqCalls.EINTR)
        {
            throw new ZeroMqException(call, _subject, errno);
        }
    }
}
