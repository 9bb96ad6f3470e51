using Dilaton.Core;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>What the processes of a node share of its memory: the place where one of them lies at a
/// time, the limit, physical frames, and the host files behind shared mappings.</summary>
internal sealed class NodeMemory : IDisposable
{
    /// <summary>So many host files are kept before those that nobody maps any more are let go.
    /// </summary>
    private const int KeptFilesBeforeSweep = 64;

    private readonly Dictionary<(ulong Device, ulong Inode, bool IsWritable), SafeFileHandle>
        _files = [];

    private readonly List<AddressSpace> _spaces = [];
    private int _sweepAt = KeptFilesBeforeSweep;

    public NodeMemory(AddressSpaceOptions options)
    {
        Options = options;
        Frames = new FrameAllocator(options.Addressing, options.Window);
        Place = GuestPlace.Reserve(
            Window.Start,
            [
                new GuestRegion(Window.LowestAddress, Window.EngineStart),
                new GuestRegion(Window.AnonymousStart, Window.StackTop),
            ]);
    }

    public AddressSpaceOptions Options { get; }

    public AddressWindow Window => Options.Window;

    public GuestPlace Place { get; }

    public FrameAllocator Frames { get; }

    /// <summary>Frames of shared files' pages: the same in every process.</summary>
    public Dictionary<(ulong Device, ulong Inode, ulong Page), uint> SharedFrames { get; } = [];

    /// <summary>Accessible memory of all processes.</summary>
    public ulong CommittedBytes
    {
        get
        {
            ulong sum = 0;
            foreach (AddressSpace space in _spaces)
            {
                sum += space.CommittedBytes;
            }

            return sum;
        }
    }

    public void Add(AddressSpace space) => _spaces.Add(space);

    public void Remove(AddressSpace space) => _spaces.Remove(space);

    /// <summary>Keeps the host file of a shared mapping, so that it can be mapped again.</summary>
    /// <returns>0 or an <see cref="Errno"/>.</returns>
    public int Keep(MappedFile file, SafeFileHandle descriptor)
    {
        if (_files.Count >= _sweepAt)
        {
            Sweep();
        }

        if (_files.ContainsKey(KeyOf(file)))
        {
            return 0;
        }

        int error = HostFiles.Duplicate(descriptor, out SafeFileHandle kept);
        if (error == 0)
        {
            _files.Add(KeyOf(file), kept);
        }

        return -error;
    }

    /// <summary>The host file of a shared mapping that some process has.</summary>
    public SafeFileHandle HandleOf(MappedFile file) => _files[KeyOf(file)];

    /// <summary>Ends what is left of the processes too.</summary>
    public void Dispose()
    {
        foreach (AddressSpace space in _spaces.ToArray())
        {
            space.Dispose();
        }

        foreach (SafeFileHandle file in _files.Values)
        {
            file.Dispose();
        }

        _files.Clear();
        Place.Dispose();
    }

    private static (ulong Device, ulong Inode, bool IsWritable) KeyOf(MappedFile file) =>
        (file.DeviceId, file.Inode, file.IsWritable);

    private void Sweep()
    {
        HashSet<(ulong, ulong, bool)> used = [];
        foreach (AddressSpace space in _spaces)
        {
            foreach (MemoryArea area in space.Areas)
            {
                if (area.File is { } file)
                {
                    used.Add(KeyOf(file));
                }
            }
        }

        foreach ((ulong, ulong, bool) key in _files.Keys.Where(k => !used.Contains(k)).ToArray())
        {
            _files.Remove(key, out SafeFileHandle? unused);
            unused?.Dispose();
        }

        _sweepAt = Math.Max(KeptFilesBeforeSweep, 2 * _files.Count);
    }
}
