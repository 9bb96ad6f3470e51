using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Machine;

namespace Dilaton.Cli;

/// <summary>Joins a system guest's network interface with the port of the network that its node is at. Frames leave at
/// the interface's bandwidth, one behind the other, and short ones are filled up as on the wire, as those of program
/// guests are. Any thread.</summary>
/// <param name="port">Of the network.</param>
internal sealed class SystemPort(int port, TransmitLine line) : INetPort
{
    /// <summary>Without the check sequence (IEEE 802.3).</summary>
    private const int FrameMin = 60;

    // Guards what follows: vCPUs send while the rounds' thread looks.
    private readonly Lock _gate = new();
    private readonly List<FrameDeparture> _departures = [];

    public VirtualTime? Send(VirtualTime time, ReadOnlyMemory<byte> frame)
    {
        lock (_gate)
        {
            ReadOnlyMemory<byte> whole = frame.Length >= FrameMin ? frame : Filled(frame);
            if (!line.TryEnter(time, whole.Length, out VirtualTime departure, out VirtualTime end))
            {
                return null;
            }

            _departures.Add(new FrameDeparture(departure, port, whole));
            return end;
        }
    }

    /// <summary>Hands over what was sent since the last time, in the order of sending.</summary>
    public void TakeDepartures(List<FrameDeparture> departures)
    {
        lock (_gate)
        {
            departures.AddRange(_departures);
            _departures.Clear();
        }
    }

    private static byte[] Filled(ReadOnlyMemory<byte> frame)
    {
        byte[] whole = new byte[FrameMin];
        frame.CopyTo(whole);
        return whole;
    }
}
