using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A processor's local APIC in xAPIC mode, with its timer in virtual time (Intel SDM vol. 3A, "Advanced
/// Programmable Interrupt Controller (APIC)"): an integrated one of six local vectors. What it does not have: x2APIC
/// mode, the timer's TSC-deadline mode, suppressed EOI broadcasts, and anything at its LINT pins.
/// <code>
/// message, timer ──► IRR ── class above PPR's ──► ISR ── EOI ──► I/O APIC, if it was level-triggered
///                           (Acknowledge)
/// </code>
/// One caller at a time.</summary>
internal sealed class LocalApic
{
    /// <summary>Vectors below are the processor's own.</summary>
    private const int FirstVector = 16;

    /// <summary>Version 0x14, whose highest local vector is the sixth.</summary>
    private const uint Version = 0x0005_0014;

    private const uint Masked = 1 << 16;
    private const uint Periodic = 1 << 17;
    private const uint Enabled = 1 << 8;
    private const uint SpuriousMask = 0x3ff;
    private const uint ClassMask = 0xf0;
    private const uint FlatModel = 0xf000_0000;
    private const uint IllegalSent = 1 << 5;
    private const uint IllegalReceived = 1 << 6;
    private const uint IllegalRegister = 1 << 7;
    private const int ErrorLocal = 5;

    /// <summary>What can be written: vector, mask and, as far as each has them, delivery mode, polarity, trigger, and
    /// the timer's mode. In the order of their addresses: timer, thermal, performance, LINT0, LINT1, error.</summary>
    private static readonly uint[] s_writable = [0x3_00ff, 0x1_07ff, 0x1_07ff, 0x1_a7ff, 0x1_a7ff, 0x1_00ff];

    private readonly VectorSet _requested = new();
    private readonly VectorSet _serviced = new();
    private readonly VectorSet _isLevel = new();
    private readonly ApicTimer _timer = new();
    private readonly uint[] _local = new uint[6];
    private uint _id;
    private uint _logical;
    private uint _format;
    private uint _spurious;
    private uint _errors;
    private uint _errorsShown;
    private uint _commandHigh;
    private uint _command;

    public LocalApic(byte id)
    {
        _id = (uint)id << 24;
        Reset();
    }

    public byte Id => (byte)(_id >> 24);

    /// <summary>The task priority, which is also CR8 x 16.</summary>
    public byte TaskPriority { get; set; }

    /// <summary>When its timer expires; MaxValue: it does not run.</summary>
    public VirtualTime Due => _timer.Due;

    /// <summary>When its timer would end a halt, as things stand; MaxValue: it would not, masked or of too low a class.
    /// </summary>
    public VirtualTime NextWake => IsEnabled && (_local[0] & Masked) == 0
        && (_local[0] & ClassMask) > (ProcessorPriority & ClassMask)
            ? Due
            : VirtualTime.MaxValue;

    /// <summary>Whether <see cref="Acknowledge"/> gives a vector.</summary>
    public bool HasInterrupt => IsEnabled
        && ((uint)Math.Max(0, _requested.Highest) & ClassMask) > (ProcessorPriority & ClassMask);

    /// <summary>The task's or the serviced interrupt's, whichever is of a higher class.</summary>
    public byte ProcessorPriority
    {
        get
        {
            uint serviced = (uint)Math.Max(0, _serviced.Highest) & ClassMask;
            return (TaskPriority & ClassMask) >= serviced ? TaskPriority : (byte)serviced;
        }
    }

    private bool IsEnabled => (_spurious & Enabled) != 0;

    /// <summary>As INIT leaves it: all but its id.</summary>
    public void Reset()
    {
        _requested.Clear();
        _serviced.Clear();
        _isLevel.Clear();
        _timer.Reset();
        Array.Fill(_local, Masked);
        TaskPriority = 0;
        _logical = 0;
        _format = uint.MaxValue;
        _spurious = 0xff;
        _errors = _errorsShown = _commandHigh = _command = 0;
    }

    /// <summary>Whether a message is for it.</summary>
    public bool IsMeant(byte destination, bool isLogical)
    {
        if (destination == InterruptMessage.All)
        {
            return true;
        }

        if (!isLogical)
        {
            return destination == Id;
        }

        uint mine = _logical >> 24;
        return (_format & FlatModel) == FlatModel
            ? (mine & destination) != 0
            : (mine >> 4 == (uint)destination >> 4 || (uint)destination >> 4 == 0xf) && (mine & destination & 0xf) != 0;
    }

    /// <summary>An interrupt by a message.</summary>
    /// <returns>False if it is switched off and so does not hear.</returns>
    public bool Accept(byte vector, bool isLevel)
    {
        if (!IsEnabled)
        {
            return false;
        }

        if (vector < FirstVector)
        {
            AddError(IllegalReceived);
            return true;
        }

        _requested.Add(vector);
        if (isLevel)
        {
            _isLevel.Add(vector);
        }
        else
        {
            _isLevel.Remove(vector);
        }

        return true;
    }

    /// <summary>The processor takes an interrupt.</summary>
    /// <returns>Its vector; -1: none is of a class above the processor's.</returns>
    public int Acknowledge()
    {
        if (!HasInterrupt)
        {
            return -1;
        }

        int vector = _requested.Highest;
        _requested.Remove(vector);
        _serviced.Add(vector);
        return vector;
    }

    /// <summary>The timer's expiry, if one is due.</summary>
    /// <param name="due">When it was.</param>
    public bool TryExpire(VirtualTime now, out VirtualTime due)
    {
        if (!_timer.TryExpire(now, (_local[0] & Periodic) != 0, out due))
        {
            return false;
        }

        Signal(0);
        return true;
    }

    /// <param name="offset">Of the register in its page, which is read as 32 bits.</param>
    public uint Read(uint offset, VirtualTime now)
    {
        switch (offset)
        {
            case 0x20:
                return _id;
            case 0x30:
                return Version;
            case 0x80:
                return TaskPriority;
            case 0xa0:
                return ProcessorPriority;
            case 0xd0:
                return _logical;
            case 0xe0:
                return _format;
            case 0xf0:
                return _spurious;
            case >= 0x100 and <= 0x270 when offset % 16 == 0:
                return Bits(offset).Word((int)(offset >> 4 & 7));
            case 0x280:
                return _errorsShown;
            case 0x300:
                return _command;
            case 0x310:
                return _commandHigh;
            case >= 0x320 and <= 0x370 when offset % 16 == 0:
                return _local[(offset - 0x320) / 16];
            case 0x380:
                return _timer.Initial;
            case 0x390:
                return _timer.CurrentAt(now);
            case 0x3e0:
                return _timer.Divide;

            // Arbitration priority, end of interrupt and remote read: nothing is to be read there.
            case 0x90 or 0xb0 or 0xc0:
                return 0;
            default:
                AddError(IllegalRegister);
                return 0;
        }
    }

    /// <param name="offset">Of the register in its page, which is written as 32 bits.</param>
    /// <param name="ended">The vector of a level-triggered interrupt that is over, which I/O APICs are told; -1: none.
    /// </param>
    /// <returns>True: <see cref="Command"/> is to be sent.</returns>
    public bool Write(uint offset, uint value, VirtualTime now, out int ended)
    {
        ended = -1;
        switch (offset)
        {
            case 0x20:
                _id = value & 0xff00_0000;
                break;
            case 0x80:
                TaskPriority = (byte)value;
                break;
            case 0xb0:
                ended = End();
                break;
            case 0xd0:
                _logical = value & 0xff00_0000;
                break;
            case 0xe0:
                _format = value | 0x0fff_ffff;
                break;
            case 0xf0:
                WriteSpurious(value);
                break;
            case 0x280:
                (_errorsShown, _errors) = (_errors, 0);
                break;
            case 0x300:
                _command = value & 0x000c_cfff;
                return IsLegalCommand();
            case 0x310:
                _commandHigh = value & 0xff00_0000;
                break;
            case >= 0x320 and <= 0x370 when offset % 16 == 0:
                WriteLocal((int)((offset - 0x320) / 16), value);
                break;
            case 0x380:
                _timer.SetInitial(value, now);
                break;
            case 0x3e0:
                _timer.SetDivide(value, now);
                break;

            // Read-only.
            case 0x30 or 0x90 or 0xa0 or 0xc0 or 0x390:
            case >= 0x100 and <= 0x270 when offset % 16 == 0:
                break;
            default:
                AddError(IllegalRegister);
                break;
        }

        return false;
    }

    /// <summary>What was written to the interrupt command register, and whom it is for besides its destination.
    /// </summary>
    /// <param name="shorthand">0: none; 1: itself; 2: all; 3: all but itself.</param>
    public InterruptMessage Command(out int shorthand)
    {
        shorthand = (int)(_command >> 18 & 3);
        return new InterruptMessage(
            (byte)_command,
            (DeliveryMode)(_command >> 8 & 7),
            (byte)(_commandHigh >> 24),
            (_command & (1 << 11)) != 0,
            IsLevel: false);
    }

    /// <summary>Fixed and lowest-priority ones need a vector that can be received; INIT that is taken back ("level
    /// de-assert") is of old processors only.</summary>
    private bool IsLegalCommand()
    {
        const uint Assert = 1 << 14;
        const uint Trigger = 1 << 15;
        DeliveryMode mode = (DeliveryMode)(_command >> 8 & 7);
        if (mode is DeliveryMode.Fixed or DeliveryMode.LowestPriority && (byte)_command < FirstVector)
        {
            AddError(IllegalSent);
            return false;
        }

        return mode != DeliveryMode.Init || (_command & (Assert | Trigger)) != Trigger;
    }

    private int End()
    {
        int vector = _serviced.Highest;
        if (vector < 0)
        {
            return -1;
        }

        _serviced.Remove(vector);
        return _isLevel.Has(vector) ? vector : -1;
    }

    /// <summary>Switched off it masks its local vectors.</summary>
    private void WriteSpurious(uint value)
    {
        _spurious = value & SpuriousMask;
        if (!IsEnabled)
        {
            for (int i = 0; i < _local.Length; i++)
            {
                _local[i] |= Masked;
            }
        }
    }

    private void WriteLocal(int index, uint value)
    {
        uint written = value & s_writable[index];
        if (index == 0 && ((written ^ _local[0]) & Periodic) != 0)
        {
            _timer.Stop();
        }

        _local[index] = IsEnabled ? written : written | Masked;
    }

    /// <summary>A local vector of fixed delivery.</summary>
    private void Signal(int index)
    {
        if ((_local[index] & Masked) == 0)
        {
            Accept((byte)_local[index], isLevel: false);
        }
    }

    private void AddError(uint error)
    {
        bool isNew = (_errors & error) == 0;
        _errors |= error;
        if (isNew)
        {
            Signal(ErrorLocal);
        }
    }

    private VectorSet Bits(uint offset) => offset switch
    {
        < 0x180 => _serviced,
        < 0x200 => _isLevel,
        _ => _requested,
    };
}
