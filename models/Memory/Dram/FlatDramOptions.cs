using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Memory with one latency and a bandwidth.</summary>
public sealed record FlatDramOptions
{
    public const int ChannelsMax = 64;
    public const ulong BandwidthMin = 8_000_000;
    public const ulong BandwidthMax = 800_000_000_000_000;
    public static readonly VirtualDuration LatencyMax = VirtualDuration.FromMilliseconds(1);

    /// <summary>From a request to its answer while its channel is idle.</summary>
    public required VirtualDuration Latency { get; init; }

    /// <summary>Of all channels together.</summary>
    public required ulong BandwidthBitsPerSecond { get; init; }

    /// <summary>Consecutive lines go to consecutive channels.</summary>
    public required int Channels { get; init; }

    public required int LineSizeBytes { get; init; }

    /// <summary>Throws the first problem of <see cref="Check"/>.</summary>
    public void Validate(string key)
    {
        List<ConfigException> problems = [];
        Check(key, problems);
        if (problems.Count > 0)
        {
            throw problems[0];
        }
    }

    /// <summary>Adds every mistake in these options.</summary>
    public void Check(string key, List<ConfigException> problems)
    {
        if (Latency == VirtualDuration.Zero || Latency > LatencyMax)
        {
            problems.Add(new ConfigException($"{key}.latency",
                $"{Latency} is not in 1ps..{LatencyMax}"));
        }

        if (BandwidthBitsPerSecond is < BandwidthMin or > BandwidthMax)
        {
            problems.Add(new ConfigException($"{key}.bandwidth",
                $"{BandwidthBitsPerSecond}bps is not in 1MB/s..100TB/s"));
        }

        if (Channels is < 1 or > ChannelsMax)
        {
            problems.Add(new ConfigException($"{key}.channels",
                $"{Channels} is not in 1..{ChannelsMax}"));
        }

        if (LineSizeBytes is < CacheOptions.LineSizeBytesMin or > CacheOptions.LineSizeBytesMax
            || !System.Numerics.BitOperations.IsPow2(LineSizeBytes))
        {
            problems.Add(new ConfigException($"{key}.line_size",
                $"{LineSizeBytes}B is not a power of two from {CacheOptions.LineSizeBytesMin}B to "
                + $"{CacheOptions.LineSizeBytesMax}B"));
        }
    }
}
