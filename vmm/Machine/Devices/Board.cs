using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A PC's devices as far as a kernel that is booted directly needs them: a serial port, the
/// clock chip, ways to end, and virtio devices. Whatever else is asked for is not there: it reads as ones, as on a real
/// bus, and is counted. Any thread; one at a time.</summary>
public sealed class Board : IStatisticsSource
{
    public const byte SerialInterrupt = 4;
    public const byte PowerInterrupt = 9;

    private const ushort SerialBase = 0x3f8;
    private const ushort PostCode = 0x80;
    private const ushort ClockIndex = 0x70;
    private const ushort ClockData = 0x71;
    private const ushort KeyboardData = 0x60;
    private const int PortCount = 1 << 16;
    private const int NamedPortsMax = 8;
    private const byte ResetBit = 4;

    // Guards everything below: vCPUs run at once.
    private readonly Lock _gate = new();
    private readonly Uart16550 _serial;
    private readonly CmosClock _clock;
    private readonly LegacyPics? _pics;
    private readonly VirtioBus? _virtio;
    private readonly ConsoleDevice? _inputConsole;
    private readonly PanicWatch _panic = new();
    private readonly ulong[] _unknown = new ulong[PortCount];
    private ulong _reads;
    private ulong _writes;
    private ulong _lostInput;
    private uint _powerEnable;

    public Board(BoardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _serial = new Uart16550(
            new WatchedSerial(options.Serial, _panic), raise => options.SetInterrupt(SerialInterrupt, raise));
        _clock = new CmosClock(options.Now);
        _pics = options.Pics;
        _virtio = options.Virtio;
        _inputConsole = options.InputConsole;
    }

    /// <summary>The guest has ended its machine; null: not yet.</summary>
    public BoardEnd? End { get; private set; }

    /// <summary>Bytes come in at the console that takes input.</summary>
    public void Input(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_inputConsole is not null)
            {
                _inputConsole.Input(bytes);
                _virtio!.Serve(_inputConsole, ConsoleDevice.InputQueue);
                return;
            }

            foreach (byte value in bytes)
            {
                _lostInput += _serial.TryInput(value) ? 0u : 1;
            }
        }
    }

    /// <summary>A frame comes in at a network interface.</summary>
    /// <param name="frame">Nobody changes it any more.</param>
    public void Receive(NetDevice device, ReadOnlyMemory<byte> frame)
    {
        ArgumentNullException.ThrowIfNull(device);
        lock (_gate)
        {
            device.Input(frame);
            _virtio!.Serve(device, NetDevice.InputQueue);
        }
    }

    /// <summary>Gives the guest what is due by now, and says when the next thing is
    /// (<see cref="VirtioBusOptions.SetAlarm"/>).</summary>
    public void RunDue()
    {
        lock (_gate)
        {
            _virtio?.RunDue();
        }
    }

    /// <summary>A read of an address where no memory is.</summary>
    /// <param name="sizeBytes">1 to 8.</param>
    public ulong ReadAddress(ulong address, int sizeBytes)
    {
        lock (_gate)
        {
            return _virtio is not null && _virtio.TryRead(address, sizeBytes, out ulong value) ? value : ulong.MaxValue;
        }
    }

    /// <summary>A write to an address where no memory is.</summary>
    /// <param name="sizeBytes">1 to 8.</param>
    public void WriteAddress(ulong address, int sizeBytes, ulong value)
    {
        lock (_gate)
        {
            _virtio?.Write(address, sizeBytes, value);
        }
    }

    /// <param name="sizeBytes">1, 2 or 4.</param>
    public uint Read(ushort port, int sizeBytes)
    {
        lock (_gate)
        {
            switch (port)
            {
                case >= SerialBase and < SerialBase + Uart16550.Ports:
                    return _serial.Read(port - SerialBase);
                case ClockData:
                    return _clock.Read();

                // Ones would say that the keyboard controller is busy, for ever.
                case PowerPorts.Keyboard or KeyboardData or PowerPorts.Reset or PostCode:
                    return 0;
                case PowerPorts.Events:
                    return sizeBytes == 4 ? _powerEnable << 16 : 0;
                case PowerPorts.Events + 2:
                    return _powerEnable;
                case PowerPorts.Control:
                    return PowerPorts.AcpiMode;
                default:
                    if (_pics is not null && _pics.TryRead(port, out byte pic))
                    {
                        return pic;
                    }

                    _reads++;
                    _unknown[port]++;
                    return uint.MaxValue;
            }
        }
    }

    /// <param name="sizeBytes">1, 2 or 4.</param>
    public void Write(ushort port, int sizeBytes, uint value)
    {
        lock (_gate)
        {
            switch (port)
            {
                case >= SerialBase and < SerialBase + Uart16550.Ports:
                    _serial.Write(port - SerialBase, (byte)value);
                    break;
                case ClockIndex:
                    _clock.Select((byte)value);
                    break;
                case PowerPorts.Events:
                    _powerEnable = sizeBytes == 4 ? value >> 16 : _powerEnable;
                    break;
                case PowerPorts.Events + 2:
                    _powerEnable = value & 0xffff;
                    break;
                case PowerPorts.Control or PowerPorts.Exit or PowerPorts.Keyboard or PowerPorts.Reset:
                    TakeEnd(port, value);
                    break;
                case PostCode or ClockData or KeyboardData:
                    break;
                default:
                    if (_pics is not null && _pics.TryWrite(port, (byte)value))
                    {
                        break;
                    }

                    _writes++;
                    _unknown[port]++;
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        lock (_gate)
        {
            list.Count("unknownPortReads", _reads, "Count", "reads of ports that no device has");
            list.Count("unknownPortWrites", _writes, "Count", "writes to ports that no device has");
            list.Count("lostSerialInput", _lostInput, "Byte", "serial input that the guest did not take in time");
            if (_virtio is not null)
            {
                list.Add("virtio", _virtio);
            }
        }
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        lock (_gate)
        {
            _reads = _writes = _lostInput = 0;
            Array.Clear(_unknown);
            _virtio?.ResetStatistics();
        }
    }

    /// <summary>The ports that were asked for most and are not there; null: none.</summary>
    public string? UnknownPorts()
    {
        lock (_gate)
        {
            string[] ports = [.. Enumerable.Range(0, PortCount).Where(port => _unknown[port] > 0)
                .OrderByDescending(port => _unknown[port]).ThenBy(port => port).Take(NamedPortsMax)
                .Select(port => string.Create(
                    CultureInfo.InvariantCulture, $"0x{port:x} ({_unknown[port]})"))];
            return ports.Length == 0
                ? null
                : $"ports that no device has, most used first: {string.Join(", ", ports)}";
        }
    }

    /// <summary>What an operator should know of its devices.</summary>
    public IReadOnlyList<string> Troubles()
    {
        lock (_gate)
        {
            return _virtio is null ? [] : [.. _virtio.Troubles()];
        }
    }

    /// <summary>What a kernel said when it panicked; null: it has not.</summary>
    public string? Panic
    {
        get
        {
            lock (_gate)
            {
                return _panic.Panic;
            }
        }
    }

    private void TakeEnd(ushort port, uint value)
    {
        switch (port)
        {
            case PowerPorts.Control when PowerPorts.IsPowerOff(value):
                EndBy("the guest switched the machine off (ACPI S5)");
                break;
            case PowerPorts.Exit:
                int code = (int)(value & 0xff);
                End ??= new BoardEnd(
                    code,
                    string.Create(CultureInfo.InvariantCulture, $"the guest exited with code {code} (port 0xf4)"));
                break;
            case PowerPorts.Keyboard when (byte)value == PowerPorts.KeyboardReset:
            case PowerPorts.Reset when (value & ResetBit) != 0:
                EndBy("the guest reset the machine");
                break;
            default:
                break;
        }
    }

    private void EndBy(string why) =>
        End ??= _panic.Panic is { } panic ? new BoardEnd(1, $"{why}, after: {panic}") : new BoardEnd(0, why);
}
