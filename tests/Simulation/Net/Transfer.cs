using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Simulation.Net;

/// <summary>One program sends bytes over TCP as fast as it may, another reads and checks them;
/// both close.</summary>
internal sealed class Transfer
{
    public const ushort Port = 5000;
    private const int ChunkBytes = 1 << 16;

    private readonly Lab _lab;
    private readonly long _total;
    private readonly int _salt;
    private readonly byte[] _chunk = new byte[ChunkBytes];
    private long _written;
    private bool _isDone;

    public Transfer(
        Lab lab,
        Station from,
        Station to,
        long total,
        TcpSettings? sending = null,
        TcpSettings? receiving = null,
        ushort port = Port)
    {
        (_lab, _total, _salt) = (lab, total, port);
        Listener = Listen(to, port, receiving);
        from.Stack.Tcp.Connect(
            null,
            new InternetEndpoint(to.Address, port),
            sending ?? new TcpSettings(),
            out TcpConnection? sender);
        Sender = sender!;
        _ = new Pump(lab, Sender.WriteReady, Send);
        _ = new Pump(lab, Listener.ReadReady, Accept);
    }

    public TcpListener Listener { get; }

    public TcpConnection Sender { get; }

    public TcpConnection? Receiver { get; private set; }

    public long ReceivedBytes { get; private set; }

    public bool IsCorrupt { get; private set; }

    /// <summary>When the end of the stream was read.</summary>
    public VirtualTime? EndedAt { get; private set; }

    public static TcpListener Listen(Station station, ushort port, TcpSettings? settings = null)
    {
        station.Stack.Tcp.Bind(new InternetEndpoint(default, port), false, out TcpBinding? binding);
        station.Stack.Tcp.Listen(
            binding!, settings ?? new TcpSettings(), 128, out TcpListener? listener);
        return listener!;
    }

    private byte Pattern(long at) => (byte)((at * 131) ^ (at >> 11) ^ _salt);

    private bool Send()
    {
        if (Sender.State == TcpState.Closed || _isDone)
        {
            return false;
        }

        while (Sender.CanSend && _written < _total)
        {
            int length = (int)Math.Min(ChunkBytes, _total - _written);
            for (int i = 0; i < length; i++)
            {
                _chunk[i] = Pattern(_written + i);
            }

            int taken = Sender.Write(_chunk.AsSpan(0, length));
            _written += taken;
            if (taken < length)
            {
                return true;
            }
        }

        if (_written == _total && Sender.IsConnected)
        {
            _isDone = true;
            Sender.Close();
        }

        return !_isDone;
    }

    private bool Accept()
    {
        if (!Listener.TryAccept(out TcpConnection? accepted))
        {
            return true;
        }

        Receiver = accepted!;
        _ = new Pump(_lab, Receiver.ReadReady, Receive);
        return false;
    }

    private bool Receive()
    {
        byte[] chunk = new byte[ChunkBytes];
        int count;
        while ((count = Receiver!.Read(chunk)) > 0)
        {
            for (int i = 0; i < count; i++)
            {
                IsCorrupt |= chunk[i] != Pattern(ReceivedBytes + i);
            }

            ReceivedBytes += count;
        }

        if (!Receiver.IsAtEnd)
        {
            return true;
        }

        EndedAt = _lab.Now;
        Receiver.Close();
        return false;
    }
}
