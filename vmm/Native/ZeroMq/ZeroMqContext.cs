using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>Where sockets live; `inproc` endpoints are known within one context only. Disposing of
/// it takes effect when the last of its sockets is closed.</summary>
public sealed class ZeroMqContext : IDisposable
{
    private readonly ZeroMqContextHandle _handle;
    private CurveGate? _gate;

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

    /// <summary>From now on who dials an encrypted socket of this context must have these keys.
    /// Called before the first of them is bound; later calls must bring the same keys.</summary>
    public void Admit(CurveKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _gate ??= new CurveGate(this, keys);
        Invariant.Require(_gate.Keys == keys, "a context has one pair of keys");
    }

    public void Dispose()
    {
        _gate?.Dispose();
        _handle.Dispose();
    }
}
