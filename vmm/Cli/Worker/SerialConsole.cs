using Dilaton.Machine;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>The other end of a system guest's serial port: a file, and, if the job says so, our own
/// standard output. Whole lines at once; what is no line comes with <see cref="Flush"/>.</summary>
internal sealed class SerialConsole : ISerialPeer, IDisposable
{
    /// <summary>EAGAIN.</summary>
    private const int TryAgain = 11;

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
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
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
        Write(_file, _buffer.AsSpan(0, _count));
        if (_terminal is not null)
        {
            Write(_terminal, _buffer.AsSpan(0, _count));
        }

        _count = 0;
    }

    private void Write(SafeFileHandle handle, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsClosed)
        {
            int written = HostFiles.Write(handle, bytes);
            if (written > 0)
            {
                bytes = bytes[written..];
            }
            else if (written == -TryAgain)
            {
                // Somebody else made our terminal or pipe non-blocking.
                Thread.Sleep(1);
            }
            else
            {
                IsClosed = true;
            }
        }
    }
}
