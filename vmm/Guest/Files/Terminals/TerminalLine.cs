namespace Dilaton.Guest;

/// <summary>A terminal as its jobs see it: settings, size, and whose it is.</summary>
internal abstract class TerminalLine(int number)
{
    private const uint SlaveMajor = 136;

    /// <summary>N of <c>/dev/pts/N</c>.</summary>
    public int Number { get; } = number;

    public ulong Device => DeviceNumbers.Encode(SlaveMajor, (uint)Number);

    /// <summary>The session that it controls; 0: none.</summary>
    public int SessionId { get; set; }

    /// <summary>The process group that may read, and that its signals go to; 0: none.</summary>
    public int ForegroundGroup { get; set; }

    public abstract TerminalSettings Settings { get; }

    /// <summary><c>struct winsize</c>: rows, columns, and both in pixels, 16 bits each.</summary>
    public ulong WindowSize { get; set; }

    /// <summary>Both ends of it are the emulated machine's: its other end has gone.</summary>
    public virtual bool IsHungUp => false;

    public abstract void SetSettings(ReadOnlySpan<byte> termios);

    /// <summary>Forgets what was typed and not read.</summary>
    public virtual void FlushInput()
    {
    }

    /// <summary>TCFLSH: forgets what is on its way to the other end.</summary>
    public virtual void FlushOutput()
    {
    }

    /// <summary>TCXONC: 0 and 1 stop output and let it go on, 2 and 3 ask that of the other end.
    /// </summary>
    public virtual void ControlFlow(int action)
    {
    }

    /// <summary>Opens it again, as <c>/dev/tty</c>.</summary>
    public abstract int TryOpen(Inode inode, int flags, string path, out OpenFile? file);
}
