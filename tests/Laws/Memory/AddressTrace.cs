using System.Globalization;
using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Tests.Laws.Memory;

/// <summary>A program's accesses as valgrind's lackey saw them, applied as an engine would: one
/// fetch record for each line entered, the other fetches as a count.</summary>
internal sealed class AddressTrace
{
    private const int BlockSize = 4096;
    private readonly List<(MemoryEventKind Kind, ulong Address, byte Size)> _accesses = [];

    public static AddressTrace Record(string program)
    {
        string file = Path.GetTempFileName();
        try
        {
            HostTool.Run(
                "valgrind", ["--tool=lackey", "--trace-mem=yes", $"--log-file={file}", program]);
            AddressTrace trace = new();
            foreach (string line in File.ReadLines(file))
            {
                trace.Parse(line);
            }

            return trace;
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void Apply(CacheHierarchy caches)
    {
        MissBuffer misses = new();
        ulong[] addresses = new ulong[BlockSize];
        byte[] sizes = new byte[BlockSize];
        MemoryEventKind[] kinds = new MemoryEventKind[BlockSize];
        uint[] offsets = new uint[BlockSize];
        int count = 0;
        ulong fetches = 0;
        ulong entered = ulong.MaxValue;
        foreach ((MemoryEventKind kind, ulong address, byte size) in _accesses)
        {
            ulong line = address / (ulong)caches.LineSizeBytes;
            if (kind == MemoryEventKind.Fetch && line == entered)
            {
                fetches++;
                continue;
            }

            entered = kind == MemoryEventKind.Fetch ? line : entered;
            (addresses[count], sizes[count], kinds[count]) = (address, size, kind);
            if (++count == BlockSize)
            {
                Flush();
            }
        }

        Flush();

        void Flush()
        {
            MemoryEventBlock block = new()
            {
                Vcpu = new VcpuId(0),
                Addresses = addresses.AsSpan(0, count),
                Sizes = sizes.AsSpan(0, count),
                Kinds = kinds.AsSpan(0, count),
                Offsets = offsets.AsSpan(0, count),
                Suppressed = new SuppressedHits(0, 0, 0, 0, fetches),
            };
            caches.Access(block, misses);
            misses.Clear();
            count = 0;
            fetches = 0;
        }
    }

    /// <summary>"I  00401000,5", " S 10000000,8", " L ...", " M ...".</summary>
    private void Parse(string line)
    {
        MemoryEventKind? kind = line.Length < 4 || line[2] != ' ' ? null : line[..2] switch
        {
            "I " => MemoryEventKind.Fetch,
            " L" => MemoryEventKind.Load,
            " S" => MemoryEventKind.Store,
            " M" => MemoryEventKind.Modify,
            _ => null,
        };
        int comma = line.IndexOf(',', StringComparison.Ordinal);
        if (kind is null || comma < 0)
        {
            return;
        }

        _accesses.Add((
            kind.Value,
            ulong.Parse(
                line.AsSpan(3, comma - 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            byte.Parse(line.AsSpan(comma + 1), CultureInfo.InvariantCulture)));
    }
}
