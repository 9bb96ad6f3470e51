using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>A ZeroMQ context. It is released after its sockets, which hold on to it.</summary>
internal sealed class ZeroMqContextHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public ZeroMqContextHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle()
    {
        // Being interrupted by a signal is not an error: the context is not yet gone.
        while (ZeroMqCalls.zmq_ctx_term(handle) != 0)
        {
            if (Marshal.GetLastPInvokeError() != ZeroMqCalls.EINTR)
            {
                return false;
            }
        }

        return true;
    }
}
