using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>`zmq_pollitem_t`.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ZeroMqPollItem
{
    public nint Socket;
    public int Descriptor;
    public short Events;
    public short ReadyEvents;
}
