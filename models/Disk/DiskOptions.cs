using Dilaton.Core;

namespace Dilaton.Models.Disk;

/// <summary>The figures of a disk.</summary>
public sealed record DiskOptions
{
    public const int DepthMax = 1024;

    /// <summary>From a request's start to its transfer; and what a flush takes.</summary>
    public VirtualDuration Latency { get; init; } = VirtualDuration.Zero;

    /// <summary>Of the one medium or cable that all transfers share; null: they take no time.</summary>
    public ulong? BandwidthBitsPerSecond { get; init; }

    /// <summary>Requests that it works on at once, 1 to <see cref="DepthMax"/>; others wait.</summary>
    public int Depth { get; init; } = 32;

    /// <exception cref="ConfigException">A figure is out of its range.</exception>
    public void Validate(string key)
    {
        if (BandwidthBitsPerSecond is 0)
        {
            throw new ConfigException($"{key}.bandwidth", "must be above zero");
        }

        if (Depth is < 1 or > DepthMax)
        {
            throw new ConfigException($"{key}.depth", $"{Depth} is out of range (1 to {DepthMax})");
        }
    }
}
