using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>A way to a memory: between sockets, or CXL.</summary>
public sealed record MemoryLinkOptions
{
    public static readonly VirtualDuration LatencyMax = VirtualDuration.FromMilliseconds(1);

    /// <summary>There and back, besides the transfer.</summary>
    public required VirtualDuration Latency { get; init; }

    /// <summary>Each way; null: never full.</summary>
    public required ulong? BandwidthBitsPerSecond { get; init; }

    /// <summary>Adds every mistake in these options.</summary>
    public void Check(string key, List<ConfigException> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (Latency > LatencyMax)
        {
            problems.Add(new ConfigException($"{key}.latency", $"{Latency} is not in 0ps..{LatencyMax}"));
        }

        if (BandwidthBitsPerSecond is < FlatDramOptions.BandwidthMin or > FlatDramOptions.BandwidthMax)
        {
            problems.Add(new ConfigException(
                $"{key}.bandwidth", $"{BandwidthBitsPerSecond}bps is not in 1MB/s..100TB/s"));
        }
    }
}
