using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Simulation.Net;

/// <summary>One program sends bytes over TCP as fast as it may, another reads and checks them;
/// both close.</summary>
internal sealed class Transfer
{
    public const ushort Port = 5000;
    private const int ChunkBytes = 1 << 16;
    private const int PatternPeriod = 1_000_003;

    private static readonly byte[] s_pattern = CreatePattern();

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

    /// <summary>The stream's bytes from a place on; it repeats after a period that is prime.
    /// </summary>
    private ReadOnlySpan<byte> Pattern(long at, int length) =>
        s_pattern.AsSpan((int)((at + (_salt * 7919L)) % PatternPeriod), length);

    private static byte[] CreatePattern()
    {
        byte[] pattern = new byte[PatternPeriod + ChunkBytes];
        SeededRandom random = new(5);
        random.Fill(pattern.AsSpan(0, PatternPeriod));
        pattern.AsSpan(0, ChunkBytes).CopyTo(pattern.AsSpan(PatternPeriod));
        return pattern;
    }

    private bool Send()
    {
        if (Sender.State == TcpState.Closed || _isDone)
        {
            return false;
        }

        while (Sender.CanSend && _written < _total)
        {
            int length = (int)Math.Min(ChunkBytes, _total - _written);
            int taken = Sender.Write(Pattern(_written, length));
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
        int count;
        while ((count = Receiver!.Read(_chunk)) > 0)
        {
            IsCorrupt |= !_chunk.AsSpan(0, count).SequenceEqual(Pattern(ReceivedBytes, count));
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
