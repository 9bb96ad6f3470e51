using Dilaton.Machine;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>The other end of a system guest's serial port: a file, and, if the job says so, our own
/// standard output. Whole lines at once; what is no line comes with <see cref="Flush"/>.</summary>
internal sealed class SerialConsole : ISerialPeer, IDisposable
{
    private const int StandardOutput = 1;
    private const int BufferBytes = 1024;

    // Guards what follows: vCPUs write, and the worker's own thread flushes.
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly SafeFileHandle _file;
    private readonly SafeFileHandle? _terminal;
    private int _count;

    public SerialConsole(string path, bool isInherited)
    {
        _file = HostOutput.Create(path);
        _terminal = isInherited ? new SafeFileHandle(StandardOutput, ownsHandle: false) : null;
    }

    /// <summary>Nobody reads it any more, or the disk is full.</summary>
    public bool IsClosed { get; private set; }

    public void Receive(byte value)
    {
        lock (_gate)
        {
            _buffer[_count++] = value;
            if (value == (byte)'\n' || _count == BufferBytes)
            {
                WriteAll();
            }
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            WriteAll();
        }
    }

    public void Dispose()
    {
        Flush();
        _file.Dispose();
        _terminal?.Dispose();
    }

    private void WriteAll()
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _count);
        IsClosed = IsClosed
            || !HostOutput.TryWrite(_file, bytes)
            || (_terminal is not null && !HostOutput.TryWrite(_terminal, bytes));
        _count = 0;
    }
}
