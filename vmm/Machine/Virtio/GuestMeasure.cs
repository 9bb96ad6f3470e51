using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A measurement of a guest's, with all its repeats together.</summary>
internal sealed class GuestMeasure(string name)
{
    public string Name => name;

    public bool IsOpen { get; set; }

    public VirtualTime Begin { get; set; }

    public HostInstant HostBegin { get; set; }

    public ulong Count { get; set; }

    /// <summary>By the guest's own clock, in picoseconds.</summary>
    public UInt128 Guest { get; set; }

    /// <summary>In picoseconds.</summary>
    public UInt128 Virtual { get; set; }

    /// <summary>In nanoseconds of the host, without holds.</summary>
    public UInt128 Ran { get; set; }

    /// <summary>In nanoseconds.</summary>
    public UInt128 Host { get; set; }

    public UInt128 Bytes { get; set; }
}
