namespace Dilaton.Machine;

/// <summary>A 16550A serial port (National Semiconductor, PC16550D) whose line takes no time: what is
/// written is sent at once, so its transmitter is always empty.</summary>
internal sealed class Uart16550(ISerialPeer peer, Action<bool> setInterrupt)
{
    public const int Ports = 8;

    /// <summary>Bytes that wait for a guest; more are lost, as on a real line.</summary>
    public const int InputMax = 4096;

    private const byte InputEnable = 1;
    private const byte EmptyEnable = 2;
    private const byte NoInterrupt = 1;
    private const byte EmptyCause = 2;
    private const byte InputCause = 4;
    private const byte FifoOn = 0xc0;
    private const byte DivisorLatch = 0x80;
    private const byte Loopback = 0x10;
    private const byte TransmitterEmpty = 0x60;
    private const byte HasInput = 1;

    // Carrier, data set ready, clear to send.
    private const byte Connected = 0xb0;

    private readonly Queue<byte> _input = new();
    private byte _enabled;
    private byte _fifo;
    private byte _line;
    private byte _modem;
    private byte _scratch;
    private byte _divisorLow = 1;
    private byte _divisorHigh;
    private bool _hasEmptied;
    private bool _isRaised;

    private bool IsLatched => (_line & DivisorLatch) != 0;

    private bool IsLooped => (_modem & Loopback) != 0;

    /// <returns>False if it is lost.</returns>
    public bool TryInput(byte value)
    {
        if (_input.Count >= InputMax)
        {
            return false;
        }

        _input.Enqueue(value);
        Update();
        return true;
    }

    public byte Read(int register)
    {
        switch (register)
        {
            case 0 when IsLatched:
                return _divisorLow;
            case 0:
                byte value = _input.TryDequeue(out byte next) ? next : (byte)0;
                Update();
                return value;
            case 1:
                return IsLatched ? _divisorHigh : _enabled;
            case 2:
                return ReadCause();
            case 3:
                return _line;
            case 4:
                return _modem;
            case 5:
                return (byte)(TransmitterEmpty | (_input.Count > 0 ? HasInput : 0));
            case 6:
                return IsLooped ? LoopedStatus() : Connected;
            default:
                return _scratch;
        }
    }

    public void Write(int register, byte value)
    {
        switch (register)
        {
            case 0 when IsLatched:
                _divisorLow = value;
                break;
            case 0:
                Send(value);
                break;
            case 1 when IsLatched:
                _divisorHigh = value;
                break;
            case 1:
                // To be asked anew for an empty transmitter is to be told.
                _hasEmptied |= (value & ~_enabled & EmptyEnable) != 0;
                _enabled = (byte)(value & 0xf);
                break;
            case 2:
                WriteFifo(value);
                break;
            case 3:
                _line = value;
                break;
            case 4:
                _modem = (byte)(value & 0x1f);
                break;
            case 7:
                _scratch = value;
                break;
            default:
                break;
        }

        Update();
    }

    private void Send(byte value)
    {
        _hasEmptied = true;
        if (!IsLooped)
        {
            peer.Receive(value);
        }
        else if (_input.Count < InputMax)
        {
            _input.Enqueue(value);
        }
    }

    private void WriteFifo(byte value)
    {
        const byte ClearInput = 2;
        _fifo = value;
        if ((value & ClearInput) != 0)
        {
            _input.Clear();
        }
    }

    private byte ReadCause()
    {
        byte fifo = (_fifo & 1) != 0 ? FifoOn : (byte)0;
        if (WantsInput)
        {
            return (byte)(fifo | InputCause);
        }

        if (!WantsOutput)
        {
            return (byte)(fifo | NoInterrupt);
        }

        _hasEmptied = false;
        Update();
        return (byte)(fifo | EmptyCause);
    }

    private bool WantsInput => (_enabled & InputEnable) != 0 && _input.Count > 0;

    private bool WantsOutput => (_enabled & EmptyEnable) != 0 && _hasEmptied;

    /// <summary>DTR, RTS, OUT1 and OUT2 come back as DSR, CTS, RI and DCD.</summary>
    private byte LoopedStatus() => (byte)(
        ((_modem & 1) << 5) | ((_modem & 2) << 3) | ((_modem & 4) << 4) | ((_modem & 8) << 4));

    private void Update()
    {
        bool raise = WantsInput || WantsOutput;
        if (raise != _isRaised)
        {
            _isRaised = raise;
            setInterrupt(raise);
        }
    }
}
