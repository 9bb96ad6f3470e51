using System.Globalization;
using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Machine;
using Dilaton.Models.Disk;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>The virtio devices of a system guest as its job has them: entropy, a console, disks, a network
/// interface. All that they need of the host is open then.</summary>
internal sealed class SystemDevices : IDisposable
{
    /// <summary>So that they are not the bytes of anything else that has the node's seed.</summary>
    private const ulong EntropySeed = 0x7c15_a2b9_44d3_9e61;

    private readonly SerialConsole _output;
    private readonly List<BlockDevice> _disks = [];
    private readonly NetDevice? _net;
    private readonly List<VirtioDevice> _all;

    /// <param name="ran">The host's time for which the machine ran, in nanoseconds.</param>
    /// <exception cref="IOException">A file can't be had.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    /// <exception cref="ImageException">An image is none.</exception>
    public SystemDevices(Job job, NodeJob node, NodePlace place, Func<long> ran)
    {
        SystemJob system = node.Guest.System!; // HasSystem
        Directory.CreateDirectory(place.Folder);
        _output = new SerialConsole(
            Path.Combine(place.Folder, ResultFolder.ConsoleName), system.Console == OutputChoice.Inherit);
        ConsoleDevice console = new(_output, new GuestMeasures(SliceTimer.HostNanoseconds, ran));
        InputConsole = TakesInput(system.Append) ? console : null;
        _all = [new EntropyDevice(NodeSeed.Of(job.Seed, place.Index) ^ EntropySeed), console];
        try
        {
            Ratio tdf = Dilation.TdfOf(job, node).First;
            for (int i = 0; i < system.Disks.Count; i++)
            {
                _disks.Add(Disk(system.Disks[i], i, place.Folder, tdf));
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        _all.AddRange(_disks);
        if (place.Cluster is { } cluster)
        {
            NetworkOptions options = SystemNetwork.Interface(job, place.Index, cluster.Names);
            Port = new SystemPort(
                place.Index, new TransmitLine(options.BandwidthBitsPerSecond, options.QueueFrames));
            _net = SystemNetwork.Device(options, Port);
            _all.Add(_net);
        }
        else if (system.Tap is { } tap)
        {
            Tap = new TapPort(HostTap.Open(tap));
            _net = SystemNetwork.Device(place.Index, NetDevice.MtuMax, Tap);
            _all.Add(_net);
        }
    }

    public IReadOnlyList<VirtioDevice> All => _all;

    /// <summary>The network interface; null: there is no network.</summary>
    public NetDevice? Net => _net;

    /// <summary>Where it sends, of a simulated network.</summary>
    public SystemPort? Port { get; }

    /// <summary>Where it sends, and what is received from, of the host's network.</summary>
    public TapPort? Tap { get; }

    /// <summary>The console, if input goes there; null: it goes to the serial port.</summary>
    public ConsoleDevice? InputConsole { get; }

    /// <summary>Nobody reads the console's output any more, or the host's disk is full.</summary>
    public bool IsClosed => _output.IsClosed;

    public void Flush() => _output.Flush();

    public void Dispose()
    {
        _output.Dispose();
        Tap?.Dispose();
        foreach (BlockDevice disk in _disks)
        {
            disk.Dispose();
        }
    }

    /// <summary>Whether the last console= of a command line, which is /dev/console, is a virtio console.
    /// </summary>
    internal static bool TakesInput(string commandLine) => commandLine
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .LastOrDefault(word => word.StartsWith("console=", StringComparison.Ordinal))
        ?.StartsWith("console=hvc", StringComparison.Ordinal) ?? false;

    /// <returns>Null: it takes no time.</returns>
    internal static DiskModel? Timing(string key, DiskJob disk, Ratio tdf)
    {
        if (!disk.IsTimed())
        {
            return null;
        }

        // In one step, so that nothing is rounded twice.
        Ratio dilated = disk.Rates == RatesChoice.Physical ? tdf : Ratio.One;
        Ratio speed = new(disk.Scale.Numerator * dilated.Numerator, disk.Scale.Denominator * dilated.Denominator);
        VirtualDuration latency = disk.Latency ?? VirtualDuration.Zero;
        return new DiskModel(key, new DiskOptions
        {
            Latency = Dilation.Delay(latency, speed),
            BandwidthBitsPerSecond = disk.Bandwidth is { } bandwidth
                ? Dilation.Rate(bandwidth, speed).BitsPerSecond
                : null,
            Depth = disk.Depth,
        });
    }

    private static BlockDevice Disk(DiskJob disk, int index, string folder, Ratio tdf)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"disk{index}");
        IDiskStore store = new DiskImage(disk.Image);
        if (disk.Access == DiskAccess.Overlay)
        {
            store = new DiskOverlay(store, Path.Combine(folder, ResultFolder.OverlayNameOf(index)));
        }

        return new BlockDevice(name, store, Timing(name, disk, tdf));
    }
}
