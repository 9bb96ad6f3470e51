using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A program guest and the machine it sees, as far as its kernel is concerned.</summary>
public sealed record GuestOptions
{
    /// <summary>Guest path of the program.</summary>
    public required string ProgramPath { get; init; }

    /// <summary>argv, the program's own name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>envp: <c>NAME=value</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    public required int VcpuCount { get; init; }

    /// <summary>Memory granted to the program, all of it together.</summary>
    public required ulong MemoryLimitBytes { get; init; }

    public required MemoryAddressing Addressing { get; init; }

    /// <summary>CLOCK_REALTIME at virtual time 0, in seconds since 1970.</summary>
    public required long RealtimeEpochSeconds { get; init; }

    /// <summary>Seed of AT_RANDOM and getrandom.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How long a thread runs while another waits for its vCPU.</summary>
    public required VirtualDuration TimeSlice { get; init; }

    /// <summary>What gethostname tells of a machine without a name of its own.</summary>
    public const string StandardNodeName = GuestIdentity.NodeName;

    /// <summary>What gethostname tells.</summary>
    public string NodeName { get; init; } = StandardNodeName;

    /// <summary>The node's own, for a position-independent program; others go into the first.
    /// </summary>
    public AddressWindow Window { get; init; }

    /// <summary>Other nodes' programs run in the same process, so this one must be in its own window.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>The node's engine can't go from one process to another: fork and exec end the guest with
    /// a message.</summary>
    public bool HasOneProcess { get; init; }

    /// <summary>The node's interface to a network; null leaves it with its loopback.</summary>
    public NetworkOptions? Network { get; init; }

    /// <exception cref="ConfigException">A value that can't be.</exception>
    public void Validate()
    {
        Require(ProgramPath.Length > 0, "program", "is empty");
        Require(Arguments.Count > 0, "arguments", "must hold at least the program's own name");
        Require(
            VcpuCount is > 0 and <= VcpuSet.CountMax,
            "vcpuCount",
            $"{VcpuCount} is not in 1 to {VcpuSet.CountMax}");
        Require(
            MemoryLimitBytes >= MemoryLimitBytesMin
                && MemoryLimitBytes <= GuestLayout.WindowSizeBytes,
            "memoryLimitBytes",
            $"{MemoryLimitBytes} is not in {MemoryLimitBytesMin} to "
                + $"{GuestLayout.WindowSizeBytes}");
        Require(
            RealtimeEpochSeconds is >= 0 and <= RealtimeEpochSecondsMax,
            "realtimeEpochSeconds",
            $"{RealtimeEpochSeconds} is not in 0 to {RealtimeEpochSecondsMax}");
        Require(TimeSlice > VirtualDuration.Zero, "timeSlice", "must be longer than 0");
        Require(
            NetworkOptions.IsHostName(NodeName), "nodeName", $"'{NodeName}' is not a host name");
        Network?.Validate("guest.network");
        foreach (string text in Arguments.Concat(Environment).Append(ProgramPath))
        {
            Require(!text.Contains('\0'), "arguments", "a string holds a NUL character");
        }
    }

    /// <summary>The stack and a little more.</summary>
    internal const ulong MemoryLimitBytesMin = GuestLayout.StackSizeBytes + (1UL << 20);

    /// <summary>The year 2200: leaves room for the clock in signed 64-bit nanoseconds.</summary>
    internal const long RealtimeEpochSecondsMax = 7_258_118_400;

    private static void Require(bool holds, string key, string why)
    {
        if (!holds)
        {
            throw new ConfigException($"guest.{key}", why);
        }
    }
}
