using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>Writes what stands at each link between the hosts of an overlay, from either side, to a
/// pcap file of its own.</summary>
internal sealed class EdgeCapture : IDisposable
{
    private readonly PcapFile[] _files;

    public EdgeCapture(OverlayNetwork network, Job job, ResultFolder folder)
    {
        // No node's name has a dot in it.
        _files =
        [
            .. network.Options.Edges.Select(edge => new PcapFile(
                folder.PathOf($"{ResultFolder.PcapFolder}/{edge.Name}.link.pcap"), job.Time.Epoch)),
        ];
        network.Passing = Write;
    }

    /// <summary>Once, at the end.</summary>
    public void Finish()
    {
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

    private void Write(int edge, VirtualTime time, ReadOnlyMemory<byte> frame) =>
        _files[edge].Write(time.Picoseconds, frame.Span);
}
