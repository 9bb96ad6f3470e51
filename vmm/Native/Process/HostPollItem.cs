using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>`struct pollfd`.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HostPollItem
{
    internal const short PollIn = 1;
    internal const short PollOut = 4;

    private readonly int _descriptor;
    private short _events;
    private short _ready;

    /// <param name="descriptor">Below 0: left out.</param>
    public HostPollItem(int descriptor)
    {
        _descriptor = descriptor;
    }

    /// <summary>After a wait: it can be read, or written, without waiting, if only to see its end.</summary>
    public readonly bool IsReady => _ready != 0;

    internal void Ask(short events)
    {
        _events = events;
        _ready = 0;
    }
}
