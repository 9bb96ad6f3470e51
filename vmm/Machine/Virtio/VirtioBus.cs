using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A machine's virtio devices: each has a page of registers and an interrupt line of its own, which
/// ACPI's tables name. The board's lock is held whenever it is called.</summary>
public sealed class VirtioBus : IStatisticsSource
{
    /// <summary>Where the first one's registers are.</summary>
    public const ulong Base = 0xfeb0_0000;

    public const uint StepBytes = 0x1000;

    /// <summary>The first one's global system interrupt, behind those of the old PC; the others' follow.
    /// </summary>
    public const int FirstInterrupt = 16;

    /// <summary>An I/O APIC has 24 lines.</summary>
    public const int DevicesMax = 8;

    private readonly VirtioTransport[] _transports;
    private readonly VirtioEvents _events;

    public VirtioBus(VirtioBusOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Invariant.Require(options.Devices.Count <= DevicesMax);
        _events = new VirtioEvents(options.Now, options.SetAlarm);
        _transports = [.. options.Devices.Select((device, i) => new VirtioTransport(
            device,
            options.Memory,
            _events,
            raise => options.SetInterrupt(FirstInterrupt + i, raise)))];
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Add("completions", _events);
        foreach (VirtioTransport transport in _transports)
        {
            list.Add(transport.Device.Name, transport);
        }
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        _events.ResetStatistics();
        foreach (VirtioTransport transport in _transports)
        {
            transport.ResetStatistics();
        }
    }

    /// <returns>False if no device is there.</returns>
    internal bool TryRead(ulong address, int sizeBytes, out ulong value)
    {
        bool has = Find(address, out VirtioTransport? transport, out uint offset);
        value = has ? transport!.Read(offset, sizeBytes) : 0;
        return has;
    }

    /// <summary>Where no device is, it goes nowhere.</summary>
    internal void Write(ulong address, int sizeBytes, ulong value)
    {
        if (Find(address, out VirtioTransport? transport, out uint offset))
        {
            transport!.Write(offset, sizeBytes, (uint)value);
        }
    }

    internal void RunDue() => _events.RunDue();

    /// <summary>Something has come for a device from outside.</summary>
    internal void Serve(VirtioDevice device, int queue) =>
        _transports.First(transport => transport.Device == device).Serve(queue);

    /// <summary>What an operator should know.</summary>
    internal IEnumerable<string> Troubles()
    {
        foreach (VirtioTransport transport in _transports)
        {
            if (transport.Fault is { } fault)
            {
                yield return $"the guest's driver of virtio device '{transport.Device.Name}' is at fault, and the "
                    + $"device stopped until its reset: {fault}";
            }

            if (transport.Device.Trouble is { } trouble)
            {
                yield return trouble;
            }
        }
    }

    private bool Find(ulong address, out VirtioTransport? transport, out uint offset)
    {
        ulong at = address - Base;
        bool has = address >= Base && at / StepBytes < (ulong)_transports.Length;
        transport = has ? _transports[at / StepBytes] : null;
        offset = (uint)(at % StepBytes);
        return has;
    }
}
