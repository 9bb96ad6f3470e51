using System.Text;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>Somebody who tells the job something: one line, and one answer to it.</summary>
internal sealed class ControlConnection : IDisposable
{
    private readonly SafeFileHandle _socket;
    private readonly byte[] _line = new byte[ControlRequest.LengthMax];
    private int _length;
    private Task _answer = Task.CompletedTask;

    public ControlConnection(SafeFileHandle socket)
    {
        _socket = socket;
    }

    /// <summary>-1 once nothing more is read.</summary>
    public int Descriptor => IsOver || HasAsked ? -1 : (int)_socket.DangerousGetHandle();

    /// <summary>Its line has come.</summary>
    public bool HasAsked { get; private set; }

    public bool IsOver { get; private set; }

    /// <summary>Takes what has come; waits only if nothing has.</summary>
    /// <returns>The line once it is whole.</returns>
    public string? Read()
    {
        int count = HostFiles.Read(_socket, _line.AsSpan(_length));
        if (count <= 0)
        {
            // It went away, or its line is too long: then there is no room to read into.
            Dispose();
            return null;
        }

        _length += count;
        int end = _line.AsSpan(0, _length).IndexOf((byte)'\n');
        HasAsked = end >= 0;
        return HasAsked ? Encoding.UTF8.GetString(_line, 0, end).TrimEnd('\r') : null;
    }

    /// <summary>Who does not read holds up nobody.</summary>
    public void Answer(string text) => _answer = Task.Run(() =>
    {
        ReadOnlySpan<byte> left = Encoding.UTF8.GetBytes(text);
        while (left.Length > 0 && HostFiles.Write(_socket, left) is > 0 and int count)
        {
            left = left[count..];
        }

        Dispose();
    });

    /// <summary>Lets the answer get out, if it is read.</summary>
    public void Finish(TimeSpan patience)
    {
        if (_answer.Wait(patience))
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        IsOver = true;
        _socket.Dispose();
    }
}
