using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>A machine's clock where the guest's time-stamp counter runs at the host's rate: the guest is
/// told that its rate is tdf times that, so that it takes tdf host seconds for one of its own. All its
/// clocks follow, since they are all read from the counter.</summary>
public sealed class AnnouncedClock
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The local APIC's timer in one-shot and periodic mode, in host time.</summary>
    private const ulong HostBusHertz = NanosecondsPerSecond;

    private readonly uint? _busHertz;

    /// <param name="hostKilohertz">What KVM says that the counter's rate is.</param>
    /// <param name="busHertz">The rate of the local APIC's timer by the guest's clocks; null: it runs in KVM.</param>
    /// <exception cref="KvmGuestException">Linux keeps the rate in 32 bits of kHz.</exception>
    public AnnouncedClock(uint hostKilohertz, Ratio tdf, uint? busHertz = null)
    {
        _busHertz = busHertz;
        HostKilohertz = hostKilohertz;
        UInt128 doubled = (UInt128)hostKilohertz * tdf.Numerator * 2 / tdf.Denominator;
        UInt128 nearest = (doubled + 1) / 2;
        if (hostKilohertz == 0 || nearest == 0 || nearest > uint.MaxValue)
        {
            throw new KvmGuestException(
                $"a TDF of {tdf} can't be announced: it makes the host's {hostKilohertz} kHz a rate of "
                + $"{nearest} kHz, and guests take 1 to {uint.MaxValue}");
        }

        Kilohertz = (uint)nearest;
    }

    public uint HostKilohertz { get; }

    /// <summary>What the guest is told.</summary>
    public uint Kilohertz { get; }

    /// <summary>The factor in force: rates are whole kHz.</summary>
    public Ratio Tdf => new(Kilohertz, HostKilohertz);

    /// <summary>The local APIC's timer in guest time, if it is not in TSC-deadline mode; 0: more than its
    /// place holds.</summary>
    public uint BusHertz
    {
        get
        {
            if (_busHertz is { } told)
            {
                return told;
            }

            UInt128 hertz = (UInt128)HostBusHertz * Kilohertz / HostKilohertz;
            return hertz > uint.MaxValue ? 0 : (uint)hertz;
        }
    }

    /// <param name="hostNanoseconds">Since power-on.</param>
    public VirtualTime At(long hostNanoseconds) =>
        new(checked((ulong)((UInt128)(ulong)hostNanoseconds * 1000 * HostKilohertz / Kilohertz)));

    /// <summary>The host time by which a virtual time has come, in nanoseconds since power-on.</summary>
    public long HostNanosecondsAt(VirtualDuration time) =>
        (long)UInt128.Min(
            long.MaxValue,
            (((UInt128)time.Picoseconds * Kilohertz / HostKilohertz) + 999) / 1000);
}
