using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>Where sockets live; `inproc` endpoints are known within one context only. Disposing of
/// it takes effect when the last of its sockets is closed.</summary>
public sealed class ZeroMqContext : IDisposable
{
    private readonly ZeroMqContextHandle _handle;

    /// <exception cref="ZeroMqException">libzmq is missing, or out of resources.</exception>
    public ZeroMqContext()
    {
        ZeroMqLibrary.Require();
        _handle = ZeroMqCalls.zmq_ctx_new();
        if (_handle.IsInvalid)
        {
            throw new ZeroMqException("zmq_ctx_new", "a context", Marshal.GetLastPInvokeError());
        }
    }

    /// <exception cref="ZeroMqException">There are too many sockets.</exception>
    public ZeroMqSocket Open(ZeroMqSocketType type)
    {
        ZeroMqSocketHandle socket = ZeroMqCalls.zmq_socket(_handle, (int)type);
        if (socket.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            socket.Dispose();
            throw new ZeroMqException("zmq_socket", $"a {type} socket", errno);
        }

        socket.HoldOnTo(_handle);
        return new ZeroMqSocket(socket);
    }

    public void Dispose() => _handle.Dispose();
}
