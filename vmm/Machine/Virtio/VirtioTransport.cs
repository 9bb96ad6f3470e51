using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>The registers of a virtio device in memory (VIRTIO 1.2, "MMIO Device Register Layout", version 2) and
/// what a driver goes through with them:
/// <code>
/// reset ─► ACKNOWLEDGE, DRIVER ─► features ─► FEATURES_OK ─► queues ready ─► DRIVER_OK ─► notifications
///   ▲                                                                             │ what no driver may do
///   └───────────── status 0 ◄──────────────── NEEDS_RESET ◄───────────────────────┘
/// </code>
/// </summary>
internal sealed class VirtioTransport : IStatisticsSource
{
    private const uint Magic = 0x7472_6976;
    private const uint Version = 2;
    private const uint Vendor = 0x4e4c_4944;
    private const uint ConfigurationAt = 0x100;
    private const uint UsedInterrupt = 1;
    private const uint ConfigurationInterrupt = 2;
    private const uint DriverOk = 4;
    private const uint FeaturesOk = 8;
    private const uint NeedsReset = 0x40;
    private const uint StatusMask = 0xff;
    private const ulong Indirect = 1UL << 28;
    private const ulong VersionOne = 1UL << 32;

    private readonly VirtioDevice _device;
    private readonly VirtioEvents _events;
    private readonly Action<bool> _setInterrupt;
    private readonly VirtQueue[] _queues;
    private uint _status;
    private uint _interrupt;
    private bool _isRaised;
    private uint _offeredSelect;
    private uint _acceptedSelect;
    private ulong _accepted;
    private uint _queueSelect;
    private ulong _notifications;
    private ulong _interrupts;
    private ulong _faults;

    public VirtioTransport(
        VirtioDevice device, PhysicalMemory memory, VirtioEvents events, Action<bool> setInterrupt)
    {
        _device = device;
        _events = events;
        _setInterrupt = setInterrupt;
        _queues = [.. Enumerable.Range(0, device.QueueCount).Select(_ => new VirtQueue(memory))];
    }

    public VirtioDevice Device => _device;

    public VirtualTime Now => _events.Now;

    /// <summary>What a driver did that none may, the first time; null: nothing.</summary>
    public string? Fault { get; private set; }

    private bool IsRunning => (_status & (DriverOk | NeedsReset)) == DriverOk;

    private ulong Offered => _device.Features | Indirect | VersionOne;

    private VirtQueue? Selected => _queueSelect < _queues.Length ? _queues[_queueSelect] : null;

    /// <param name="sizeBytes">1, 2, 4 or 8; registers have 4, and are 0 otherwise.</param>
    public ulong Read(uint offset, int sizeBytes)
    {
        if (offset >= ConfigurationAt)
        {
            Span<byte> value = stackalloc byte[8];
            value.Clear();
            ReadOnlySpan<byte> all = _device.Configuration;
            int at = (int)Math.Min(offset - ConfigurationAt, (uint)all.Length);
            all.Slice(at, Math.Min(sizeBytes, all.Length - at)).CopyTo(value);
            return BinaryPrimitives.ReadUInt64LittleEndian(value);
        }

        return sizeBytes == sizeof(uint) ? ReadRegister(offset) : 0;
    }

    public void Write(uint offset, int sizeBytes, uint value)
    {
        // No device here has a configuration that can be written.
        if (offset >= ConfigurationAt || sizeBytes != sizeof(uint))
        {
            return;
        }

        switch (offset)
        {
            case 0x14:
                _offeredSelect = value;
                break;
            case 0x20:
                Accept(value);
                break;
            case 0x24:
                _acceptedSelect = value;
                break;
            case 0x30:
                _queueSelect = value;
                break;
            case 0x50:
                Notify(value & 0xffff);
                break;
            case 0x64:
                _interrupt &= ~value;
                UpdateInterrupt();
                break;
            case 0x70:
                WriteStatus(value);
                break;
            default:
                WriteQueue(offset, value);
                break;
        }
    }

    /// <summary>Requests that wait in a queue.</summary>
    public int Waiting(int queue) => _queues[queue].IsReady && IsRunning ? _queues[queue].Waiting() : 0;

    /// <summary>For a queue of buffers for input, once it was served: only if there is more input than room for it, the
    /// driver needs to tell of more room, and each time that it tells is an exit.</summary>
    /// <returns>True if there is room after all, of which the driver does not tell any more.</returns>
    public bool AskForRoom(int queue, bool isWanted)
    {
        _queues[queue].AskForNotification(isWanted);
        return isWanted && Waiting(queue) > 0;
    }

    public VirtChain Take(int queue) => _queues[queue].Take();

    public void Give(int queue, ushort head, uint written)
    {
        _queues[queue].Give(head, written);
        if (_queues[queue].WantsInterrupt)
        {
            Raise(UsedInterrupt);
        }
    }

    /// <summary>Gives it back when that virtual time has come, never sooner.</summary>
    public void GiveAt(VirtualTime time, int queue, ushort head, uint written)
    {
        if (time <= Now)
        {
            Give(queue, head, written);
            return;
        }

        _events.Add(time, new PendingGive(this, queue, _queues[queue].Generation, head, written));
    }

    /// <summary>Its time has come.</summary>
    public void GiveLate(in PendingGive give)
    {
        VirtQueue queue = _queues[give.Queue];
        if (IsRunning && queue.IsReady && queue.Generation == give.Generation)
        {
            Give(give.Queue, give.Head, give.Written);
        }
    }

    /// <summary>Lets the device look at a queue, since there is something for it.</summary>
    public void Serve(int queue)
    {
        if (!IsRunning || !_queues[queue].IsReady)
        {
            return;
        }

        try
        {
            _device.Serve(this, queue);
        }
        catch (VirtioFaultException e)
        {
            Stop(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        list.Count("notifications", _notifications, "Count", "times that the driver said that requests wait");
        list.Count("interrupts", _interrupts, "Count", "interrupts that were raised");
        list.Count("faults", _faults, "Count", "times that the driver did what none may, and the device stopped");
        _device.Collect(list);
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        _notifications = _interrupts = _faults = 0;
        _device.ResetStatistics();
    }

    private uint ReadRegister(uint offset) => offset switch
    {
        0x00 => Magic,
        0x04 => Version,
        0x08 => _device.Kind,
        0x0c => Vendor,
        0x10 => Half(Offered, _offeredSelect),
        0x34 => Selected is null ? 0u : VirtQueue.SizeMax,
        0x44 => Selected is { IsReady: true } ? 1u : 0,
        0x60 => _interrupt,
        0x70 => _status,

        // Length and base of shared memory: there is none.
        0xb0 or 0xb4 or 0xb8 or 0xbc => uint.MaxValue,
        _ => 0,
    };

    private void Accept(uint value)
    {
        if ((_status & FeaturesOk) != 0 || _acceptedSelect > 1)
        {
            return;
        }

        int shift = _acceptedSelect == 0 ? 0 : 32;
        _accepted = (_accepted & ~(0xffff_ffffUL << shift)) | ((ulong)value << shift);
    }

    private void WriteStatus(uint value)
    {
        if (value == 0)
        {
            Reset();
            return;
        }

        // Bits are added one after the other, and never taken back.
        uint status = _status | (value & StatusMask & ~NeedsReset);
        bool isAcceptable = (_accepted & ~Offered) == 0 && (_accepted & VersionOne) != 0;
        if (!isAcceptable)
        {
            status &= ~FeaturesOk;
        }

        if ((status & FeaturesOk) == 0)
        {
            status &= ~DriverOk;
        }

        _status = status;
    }

    private void WriteQueue(uint offset, uint value)
    {
        if (Selected is not { } queue)
        {
            return;
        }

        if (offset == 0x44)
        {
            SetReady(queue, value);
            return;
        }

        // What was checked stays as it was.
        if (queue.IsReady)
        {
            return;
        }

        switch (offset)
        {
            case 0x38:
                queue.Size = value;
                break;
            case 0x80 or 0x84:
                queue.Descriptors = With(queue.Descriptors, offset, value);
                break;
            case 0x90 or 0x94:
                queue.DriverArea = With(queue.DriverArea, offset, value);
                break;
            case 0xa0 or 0xa4:
                queue.DeviceArea = With(queue.DeviceArea, offset, value);
                break;
            default:
                break;
        }
    }

    private void SetReady(VirtQueue queue, uint value)
    {
        if (value == 0)
        {
            queue.Disable();
            return;
        }

        if (queue.IsReady || (_status & FeaturesOk) == 0)
        {
            return;
        }

        try
        {
            queue.Enable();
        }
        catch (VirtioFaultException e)
        {
            Stop(e.Message);
        }
    }

    private void Notify(uint queue)
    {
        _notifications++;
        if (queue < _queues.Length)
        {
            Serve((int)queue);
        }
    }

    private void Stop(string why)
    {
        _faults++;
        Fault ??= why;
        bool wasRunning = IsRunning;
        _status |= NeedsReset;
        if (wasRunning)
        {
            Raise(ConfigurationInterrupt);
        }
    }

    private void Reset()
    {
        foreach (VirtQueue queue in _queues)
        {
            queue.Reset();
        }

        _status = _interrupt = _offeredSelect = _acceptedSelect = _queueSelect = 0;
        _accepted = 0;
        UpdateInterrupt();
        _device.Reset();
    }

    private void Raise(uint cause)
    {
        _interrupt |= cause;
        UpdateInterrupt();
    }

    private void UpdateInterrupt()
    {
        bool raise = _interrupt != 0;
        if (raise != _isRaised)
        {
            _isRaised = raise;
            _interrupts += raise ? 1u : 0;
            _setInterrupt(raise);
        }
    }

    private static uint Half(ulong word, uint select) => select switch
    {
        0 => (uint)word,
        1 => (uint)(word >> 32),
        _ => 0,
    };

    private static ulong With(ulong word, uint offset, uint value) => (offset & 4) == 0
        ? (word & ~0xffff_ffffUL) | value
        : (word & 0xffff_ffffUL) | ((ulong)value << 32);
}
