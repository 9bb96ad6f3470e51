using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>`struct pollfd`.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HostPollItem
{
    private const short PollIn = 1;

    private readonly int _descriptor;
    private short _events;
    private short _ready;

    /// <param name="descriptor">Below 0: left out.</param>
    public HostPollItem(int descriptor)
    {
        _descriptor = descriptor;
    }

    /// <summary>After a wait: it can be read without waiting, if only its end.</summary>
    public readonly bool IsReady => _ready != 0;

    internal void Ask()
    {
        _events = PollIn;
        _ready = 0;
    }
}
