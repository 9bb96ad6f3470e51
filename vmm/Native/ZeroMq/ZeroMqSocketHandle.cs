using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

internal sealed class ZeroMqSocketHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private ZeroMqContextHandle? _context;

    public ZeroMqSocketHandle()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Keeps the context until this socket is closed.</summary>
    public void HoldOnTo(ZeroMqContextHandle context)
    {
        bool added = false;
        context.DangerousAddRef(ref added);
        _context = context;
    }

    protected override bool ReleaseHandle()
    {
        bool isClosed = ZeroMqCalls.zmq_close(handle) == 0;
        _context?.DangerousRelease();
        return isClosed;
    }
}
