using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>libzmq's calls, declared as in its manual pages. A message is a `zmq_msg_t`: 64 bytes
/// that nobody but libzmq looks into and that must not move while it is in use.</summary>
internal static partial class ZeroMqCalls
{
    public const string Library = "libzmq.so.5";
    public const int MessageBytes = 64;

    public const int ZMQ_ROUTING_ID = 5;
    public const int ZMQ_LINGER = 17;
    public const int ZMQ_MAXMSGSIZE = 22;
    public const int ZMQ_SNDHWM = 23;
    public const int ZMQ_RCVHWM = 24;
    public const int ZMQ_SNDTIMEO = 28;
    public const int ZMQ_LAST_ENDPOINT = 32;
    public const int ZMQ_ROUTER_MANDATORY = 33;
    public const int ZMQ_CURVE_SERVER = 47;
    public const int ZMQ_CURVE_PUBLICKEY = 48;
    public const int ZMQ_CURVE_SECRETKEY = 49;
    public const int ZMQ_CURVE_SERVERKEY = 50;
    public const int ZMQ_ZAP_DOMAIN = 55;
    public const int ZMQ_HEARTBEAT_IVL = 75;
    public const int ZMQ_HEARTBEAT_TIMEOUT = 77;

    public const int ZMQ_DONTWAIT = 1;
    public const int ZMQ_SNDMORE = 2;
    public const short ZMQ_POLLIN = 1;

    public const int EINTR = 4;
    public const int EAGAIN = 11;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial ZeroMqContextHandle zmq_ctx_new();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int zmq_ctx_term(nint context);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial ZeroMqSocketHandle zmq_socket(ZeroMqContextHandle context, int type);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int zmq_close(nint socket);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int zmq_bind(ZeroMqSocketHandle socket, string endpoint);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int zmq_connect(ZeroMqSocketHandle socket, string endpoint);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int zmq_setsockopt(
        ZeroMqSocketHandle socket, int option, ReadOnlySpan<byte> value, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int zmq_getsockopt(
        ZeroMqSocketHandle socket, int option, Span<byte> value, ref nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int zmq_send(
        ZeroMqSocketHandle socket, ReadOnlySpan<byte> data, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int zmq_poll(Span<ZeroMqPollItem> items, int count, long timeoutMs);

    [LibraryImport(Library)]
    internal static partial int zmq_msg_init(nint message);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int zmq_msg_recv(nint message, ZeroMqSocketHandle socket, int flags);

    [LibraryImport(Library)]
    internal static partial int zmq_msg_close(nint message);

    [LibraryImport(Library)]
    internal static partial nint zmq_msg_data(nint message);

    [LibraryImport(Library)]
    internal static partial nuint zmq_msg_size(nint message);

    [LibraryImport(Library)]
    internal static partial int zmq_msg_more(nint message);

    [LibraryImport(Library)]
    internal static partial nint zmq_strerror(int errno);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int zmq_has(string capability);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int zmq_curve_keypair(Span<byte> publicKey, Span<byte> secretKey);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint zmq_z85_decode(Span<byte> bytes, string text);
}
