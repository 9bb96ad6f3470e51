using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Stands in front of a network and writes what each node sends and gets to pcap files,
/// in the order of virtual time.</summary>
internal sealed class FrameCapture : INetworkModel, IDisposable
{
    private readonly INetworkModel _network;
    private readonly PcapFile[] _files;

    // Frames that something earlier may still come before; of equal times in the order found.
    private readonly PriorityQueue<(int Port, ReadOnlyMemory<byte> Frame), (ulong Time, ulong Order)>
        _waiting = new();

    private ulong _order;

    public FrameCapture(INetworkModel network, Job job, ResultFolder folder)
    {
        _network = network;
        _files =
        [
            .. job.Nodes.Select(node => new PcapFile(
                folder.PathOf($"{ResultFolder.PcapFolder}/{node.Name}.pcap"), job.Time.Epoch)),
        ];
    }

    public int PortCount => _network.PortCount;

    public VirtualDuration Lookahead => _network.Lookahead;

    public VirtualTime EarliestArrival => _network.EarliestArrival;

    public void Send(in FrameDeparture departure)
    {
        _waiting.Enqueue(
            (departure.Port, departure.Frame), (departure.Time.Picoseconds, _order++));
        _network.Send(departure);
    }

    public VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals)
    {
        List<FrameArrival> found = [];
        VirtualTime reached = _network.Advance(horizon, found);
        foreach (FrameArrival arrival in found)
        {
            arrivals.Add(arrival);
            _waiting.Enqueue((arrival.Port, arrival.Frame), (arrival.Time.Picoseconds, _order++));
        }

        // Whatever comes to be known from here on lies at or after what was reached.
        Write(reached.Picoseconds);
        return reached;
    }

    /// <summary>Writes what is left. Once, at the end.</summary>
    public void Finish()
    {
        Write(ulong.MaxValue);
        foreach (PcapFile file in _files)
        {
            file.Flush();
        }
    }

    public void Dispose()
    {
        foreach (PcapFile file in _files)
        {
            file.Dispose();
        }
    }

    private void Write(ulong before)
    {
        while (_waiting.TryPeek(
            out (int Port, ReadOnlyMemory<byte> Frame) frame, out (ulong Time, ulong Order) at)
            && at.Time < before)
        {
            _waiting.Dequeue();
            _files[frame.Port].Write(at.Time, frame.Frame.Span);
        }
    }
}
