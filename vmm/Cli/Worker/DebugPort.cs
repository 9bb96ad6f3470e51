using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Cli;

/// <summary>A debugger's connection: its packets come by a thread of their own, so that it can stop a
/// guest that runs. One debugger is taken, and nobody after it.</summary>
internal sealed class DebugPort : IDebugConnection, IDisposable
{
    private readonly Socket _listener;
    private readonly bool _isFile;
    private readonly BlockingCollection<byte[]> _packets = [];

    // Guards _last and the order of what is written.
    private readonly Lock _gate = new();
    private byte[] _last = [];
    private Socket? _socket;
    private Thread? _reader;
    private volatile bool _hasInterrupt;
    private volatile bool _acknowledges = true;

    private DebugPort(Socket listener, bool isFile)
    {
        (_listener, _isFile) = (listener, isFile);
    }

    public EndPoint Address => _listener.LocalEndPoint!;

    public bool HasInterrupt => _hasInterrupt;

    /// <exception cref="ConfigException">Nothing can listen there.</exception>
    public static DebugPort Listen(string text)
    {
        EndPoint address = DebugAddress.TryParse(text)!;
        bool isFile = address is UnixDomainSocketEndPoint;
        Socket listener = new(
            address.AddressFamily,
            SocketType.Stream,
            isFile ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(1);
            return new DebugPort(listener, isFile);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new ConfigException("--gdb", $"can't listen at {text}: {e.Message}");
        }
    }

    public bool Open()
    {
        if (_socket is not null)
        {
            return true;
        }

        try
        {
            _socket = _listener.Accept();
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        if (!_isFile)
        {
            _socket.NoDelay = true;
        }

        _reader = new Thread(Read) { IsBackground = true, Name = "gdb" };
        _reader.Start();
        return true;
    }

    public byte[]? Receive() =>
        _packets.TryTake(out byte[]? packet, Timeout.Infinite) ? packet : null;

    public void Send(ReadOnlySpan<byte> payload)
    {
        byte[] packet = PacketWriter.Frame(payload);
        lock (_gate)
        {
            _last = packet;
            Write(packet);
        }
    }

    public void StopAcknowledging() => _acknowledges = false;

    public void ClearInterrupt() => _hasInterrupt = _packets.IsCompleted;

    public void Close()
    {
        try
        {
            _socket?.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // It was gone before.
        }

        _listener.Dispose();
    }

    public void Dispose()
    {
        Close();
        _reader?.Join();
        _socket?.Dispose();
        _packets.Dispose();
    }

    private void Read()
    {
        PacketReader packets = new();
        byte[] buffer = new byte[4096];
        try
        {
            for (int got; (got = _socket!.Receive(buffer)) > 0;)
            {
                foreach (byte value in buffer.AsSpan(0, got))
                {
                    Take(packets, packets.Take(value));
                }
            }
        }
        catch (SocketException)
        {
            // As if it had closed.
        }

        _packets.CompleteAdding();
        _hasInterrupt = true;
    }

    private void Take(PacketReader packets, PacketEvent what)
    {
        switch (what)
        {
            case PacketEvent.Packet:
                Acknowledge("+"u8);
                _packets.Add(packets.Payload.ToArray());
                break;
            case PacketEvent.Damaged:
                Acknowledge("-"u8);
                break;
            case PacketEvent.Refused when _acknowledges:
                lock (_gate)
                {
                    Write(_last);
                }

                break;
            case PacketEvent.Interrupt:
                _hasInterrupt = true;
                break;
            default:
                break;
        }
    }

    private void Acknowledge(ReadOnlySpan<byte> sign)
    {
        if (_acknowledges)
        {
            lock (_gate)
            {
                Write(sign);
            }
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[_socket!.Send(bytes)..];
            }
        }
        catch (SocketException)
        {
            // The reader notices that nobody is there.
        }
        catch (ObjectDisposedException)
        {
            // It is over.
        }
    }
}
