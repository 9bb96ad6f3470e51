using Dilaton.Core;
using Dilaton.Machine;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Joins a system guest's network interface with a TAP device of the host, whose network goes by the host's
/// time: what comes is given to the guest at once, and what it sends has left when the host has it.</summary>
internal sealed class TapPort(HostTap tap) : INetPort, IDisposable
{
    /// <summary>More than an interface takes, so that what is too long is seen to be.</summary>
    private const int FrameMax = 65_536;

    // Guards _isOver, while a frame is given.
    private readonly Lock _gate = new();
    private bool _isOver;

    public VirtualTime? Send(VirtualTime time, ReadOnlyMemory<byte> frame) =>
        tap.TryWrite(frame.Span) ? time : null;

    /// <summary>On a thread of its own, until the device or the process is gone.</summary>
    /// <param name="deliver">Gives the guest a frame.</param>
    public void Start(Action<ReadOnlyMemory<byte>> deliver)
    {
        Thread thread = new(() => Receive(deliver)) { IsBackground = true, Name = "tap" };
        thread.Start();
    }

    /// <summary>The guest is given nothing more.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    public void Dispose() => tap.Dispose();

    private void Receive(Action<ReadOnlyMemory<byte>> deliver)
    {
        byte[] frame = new byte[FrameMax];
        while (tap.Read(frame) is var count and > 0)
        {
            lock (_gate)
            {
                if (_isOver)
                {
                    return;
                }

                deliver(frame.AsSpan(0, count).ToArray());
            }
        }
    }
}
