using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A pseudoterminal (pty(7)): what is written to its master is typed at its slave, what is
/// written to its slave can be read from its master.
/// <code>
///   master write --> arriving --> LineDiscipline --> slave read
///   master read  &lt;-- output   &lt;-- echo
///                        \------ output processing &lt;-- slave write
/// </code></summary>
internal sealed class PseudoTerminal : TerminalLine, ILineSink
{
    /// <summary>Typed, with no room for it in the line discipline yet.</summary>
    private const int ArrivingBytesMax = 8192;

    /// <summary>A slave writes no more until the master reads.</summary>
    private const int OutputBytesMax = ArrivingBytesMax + InputLine.BytesMax;

    /// <summary>Echo beyond that; what does not fit is dropped.</summary>
    private const int EchoBytesMax = 4096;

    private readonly NodeFileSystem _files;
    private readonly ByteQueue _arriving = new();
    private readonly ByteQueue _output = new();
    private int _slaveCount;
    private bool _isHungUp;

    public PseudoTerminal(NodeFileSystem files, int number)
        : base(number)
    {
        _files = files;
        Discipline = new LineDiscipline(new TerminalSettings(), this);
    }

    public LineDiscipline Discipline { get; }

    public override TerminalSettings Settings => Discipline.Settings;

    public override bool IsHungUp => _isHungUp;

    /// <summary>unlockpt(3) has not been called yet.</summary>
    public bool IsLocked { get; set; } = true;

    public PacketMode Packets { get; } = new();

    /// <summary>It had been opened and all have closed it.</summary>
    public bool IsSlaveClosed { get; private set; }

    public ReadySource MasterRead { get; } = new();

    public ReadySource MasterWrite { get; } = new();

    public ReadySource SlaveRead { get; } = new();

    public ReadySource SlaveWrite { get; } = new();

    /// <summary>Bytes that the master can read.</summary>
    public int OutputCount => _output.Count;

    public bool MasterHasRoom => _arriving.Count < ArrivingBytesMax;

    public bool SlaveHasRoom => !Discipline.IsStopped && _output.Count < OutputBytesMax;

    public void OpenSlave()
    {
        _slaveCount++;
        IsSlaveClosed = false;
    }

    public void CloseSlave()
    {
        _slaveCount--;
        Invariant.Require(_slaveCount >= 0);
        if (_slaveCount == 0)
        {
            IsSlaveClosed = true;
            MasterRead.Signal();
            MasterWrite.Signal();
        }
    }

    /// <summary>The master is gone: its slave's readers and jobs learn of it.</summary>
    public void HangUp()
    {
        _isHungUp = true;
        _files.Terminals.Remove(this);
        SlaveRead.Signal();
        SlaveWrite.Signal();
        _files.Jobs?.HangUp(this);
    }

    /// <summary>Somebody types.</summary>
    /// <returns>Bytes taken, or -EAGAIN.</returns>
    public long Type(ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length && MasterHasRoom)
        {
            int count = Math.Min(bytes.Length - done, ArrivingBytesMax - _arriving.Count);
            _arriving.Append(bytes.Slice(done, count));
            done += count;
            Drain();
        }

        return done > 0 || bytes.IsEmpty ? done : -Errno.EAGAIN;
    }

    /// <summary>What the master reads.</summary>
    public long TakeOutput(Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return 0;
        }

        if (Packets.IsOn && Packets.TryTake(out byte status))
        {
            destination[0] = status;
            return 1;
        }

        if (_output.Count == 0)
        {
            return IsSlaveClosed ? -Errno.EIO : -Errno.EAGAIN;
        }

        int header = Packets.IsOn ? 1 : 0;
        destination[..header].Clear();
        int count = Math.Min(destination.Length - header, _output.Count);
        _output.CopyTo(0, destination.Slice(header, count));
        _output.Remove(count);
        SlaveWrite.Signal();
        return count + header;
    }

    /// <summary>A program writes to the slave.</summary>
    public long Write(ReadOnlySpan<byte> bytes)
    {
        if (_isHungUp)
        {
            return -Errno.EIO;
        }

        Span<byte> encoded = stackalloc byte[TerminalOutput.BytesPerCharacterMax];
        int done = 0;
        while (done < bytes.Length && SlaveHasRoom)
        {
            _output.Append(encoded[..Discipline.Encode(bytes[done++], encoded)]);
        }

        if (done == 0)
        {
            return bytes.IsEmpty ? 0 : -Errno.EAGAIN;
        }

        MasterRead.Signal();
        return done;
    }

    /// <summary>What a program reads from the slave: in canonical mode of one line.</summary>
    public int Take(Span<byte> destination)
    {
        int count = Settings.IsCanonical
            ? Discipline.Line.TakeLine(destination)
            : Discipline.Line.Take(destination);
        Drain();
        MasterWrite.Signal();
        return count;
    }

    public override void SetSettings(ReadOnlySpan<byte> termios)
    {
        bool hadFlow = PacketMode.HasStandardFlow(Settings);
        Discipline.SetSettings(termios);
        if (hadFlow != PacketMode.HasStandardFlow(Settings))
        {
            TellMaster(
                hadFlow ? PacketMode.NoStop : PacketMode.DoStop,
                hadFlow ? PacketMode.DoStop : PacketMode.NoStop);
        }

        Drain();
        SlaveWrite.Signal();
    }

    public override void FlushInput() => Discipline.FlushInput();

    public override void FlushOutput() => TellMaster(PacketMode.FlushWrite, 0);

    /// <summary>The master forgets what it could read.</summary>
    public void DropOutput()
    {
        _output.Clear();
        SlaveWrite.Signal();
    }

    /// <summary>What was typed and is on its way still is forgotten.</summary>
    public void DropArriving()
    {
        _arriving.Clear();
        MasterWrite.Signal();
    }

    public override void ControlFlow(int action)
    {
        const int AskToStop = 2;
        if (action < AskToStop)
        {
            Discipline.HoldOutput(isHeld: action == 0);
            return;
        }

        int place = action == AskToStop ? TerminalFlags.VSTOP : TerminalFlags.VSTART;
        byte c = Settings.ControlCharacter(place);
        if (c != 0)
        {
            _output.Append([c]);
            MasterRead.Signal();
        }
    }

    public override int TryOpen(Inode inode, int flags, string path, out OpenFile? file)
    {
        file = _isHungUp || IsLocked ? null : new SlaveFile(inode, this, _files, flags, path);
        return file is null ? Errno.EIO : 0;
    }

    void ILineSink.Echo(ReadOnlySpan<byte> bytes)
    {
        if (_output.Count + bytes.Length <= OutputBytesMax + EchoBytesMax)
        {
            _output.Append(bytes);
            MasterRead.Signal();
        }
    }

    void ILineSink.Raise(int signal) => _files.Jobs?.SignalForeground(this, signal);

    void ILineSink.InputReady() => SlaveRead.Signal();

    void ILineSink.FlowChanged(bool isStopped)
    {
        TellMaster(
            isStopped ? PacketMode.Stop : PacketMode.Start,
            isStopped ? PacketMode.Start : PacketMode.Stop);
        SlaveWrite.Signal();
    }

    void ILineSink.InputFlushed()
    {
        TellMaster(PacketMode.FlushRead, 0);
        MasterWrite.Signal();
    }

    /// <summary>Gives the line discipline what there is room for.</summary>
    private void Drain()
    {
        Span<byte> one = stackalloc byte[1];
        while (_arriving.Count > 0)
        {
            _arriving.CopyTo(0, one);
            if (!Discipline.TryReceive(one[0]))
            {
                return;
            }

            _arriving.Remove(1);
        }
    }

    private void TellMaster(byte what, byte no)
    {
        if (Packets.IsOn)
        {
            Packets.Tell(what, no);
            MasterRead.Signal();
        }
    }
}
