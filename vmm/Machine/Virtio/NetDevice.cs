using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>An Ethernet interface (VIRTIO 1.2, "Network Device") without offloads: frames come and go as they are on
/// the wire.</summary>
/// <param name="name">Such as "net0".</param>
/// <param name="address">Six bytes.</param>
/// <param name="mtu">What the guest is told of the largest packet, at most 1500.</param>
/// <param name="port">Takes what the guest sends, at the virtual time of its notification; the guest has a frame's
/// buffer back when it has left.</param>
public sealed class NetDevice(string name, byte[] address, ushort mtu, INetPort port) : VirtioDevice
{
    /// <summary>Largest packet, in bytes.</summary>
    public const ushort MtuMax = 1500;

    /// <summary>Of a frame: 1500 and its header. More neither goes nor comes.</summary>
    internal const int FrameMax = 1514;

    /// <summary>Frames that wait for a guest; more are dropped, as by a full ring of a real interface.</summary>
    internal const int WaitingMax = 256;

    internal const int InputQueue = 0;
    internal const int OutputQueue = 1;

    private const int HeaderBytes = 12;
    private const int FrameMin = 14;
    private const int BufferCountAt = 10;
    private const ulong HasMtu = 1 << 3;
    private const ulong HasAddress = 1 << 5;

    // Address, status and number of pairs of queues, which are not offered, and MTU.
    private readonly byte[] _configuration = [.. address, 0, 0, 0, 0, (byte)mtu, (byte)(mtu >> 8)];

    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private ulong _sent;
    private ulong _received;
    private ulong _droppedOut;
    private ulong _droppedIn;

    /// <inheritdoc/>
    public override string Name => name;

    internal override uint Kind => 1;

    internal override int QueueCount => 2;

    internal override ulong Features => HasAddress | HasMtu;

    internal override ReadOnlySpan<byte> Configuration => _configuration;

    /// <inheritdoc/>
    public override void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("framesSent", _sent, "Count", "frames that the guest sent");
        list.Count("framesReceived", _received, "Count", "frames that the guest was given");
        list.Count(
            "droppedOut", _droppedOut, "Count", "frames of the guest that no Ethernet takes, or that found no room");
        list.Count("droppedIn", _droppedIn, "Count", "frames that were too long, or that the guest had no room for");
    }

    /// <inheritdoc/>
    public override void ResetStatistics() => _sent = _received = _droppedOut = _droppedIn = 0;

    /// <summary>A frame comes; the input queue is to be served then.</summary>
    internal void Input(ReadOnlyMemory<byte> frame)
    {
        if (frame.Length > FrameMax || _waiting.Count >= WaitingMax)
        {
            _droppedIn++;
            return;
        }

        _waiting.Enqueue(frame);
    }

    internal override void Serve(VirtioTransport transport, int queue)
    {
        if (queue == InputQueue)
        {
            Receive(transport);
            if (transport.AskForRoom(InputQueue, _waiting.Count > 0))
            {
                Receive(transport);
            }
        }
        else
        {
            Send(transport);
        }
    }

    internal override void Reset() => _waiting.Clear();

    private void Receive(VirtioTransport transport)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        header[BufferCountAt] = 1;
        for (int left = transport.Waiting(InputQueue); left > 0 && _waiting.Count > 0; left--)
        {
            VirtChain chain = transport.Take(InputQueue);
            if (chain.WritableBytes < HeaderBytes + FrameMax)
            {
                throw new VirtioFaultException($"a buffer of {chain.WritableBytes} bytes for a frame and its header");
            }

            ReadOnlyMemory<byte> frame = _waiting.Dequeue();
            chain.CopyIn(0, header);
            chain.CopyIn(HeaderBytes, frame.Span);
            _received++;
            transport.Give(InputQueue, chain.Head, (uint)(HeaderBytes + frame.Length));
        }
    }

    private void Send(VirtioTransport transport)
    {
        for (int left = transport.Waiting(OutputQueue); left > 0; left--)
        {
            VirtChain chain = transport.Take(OutputQueue);
            if (Send(transport.Now, chain) is { } end)
            {
                _sent++;
                transport.GiveAt(end, OutputQueue, chain.Head, 0);
            }
            else
            {
                _droppedOut++;
                transport.Give(OutputQueue, chain.Head, 0);
            }
        }
    }

    /// <returns>When it has left; null: it does not.</returns>
    private VirtualTime? Send(VirtualTime now, VirtChain chain)
    {
        if (chain.ReadableBytes is < HeaderBytes + FrameMin or > HeaderBytes + FrameMax)
        {
            return null;
        }

        byte[] frame = new byte[(int)chain.ReadableBytes - HeaderBytes];
        chain.CopyOut(HeaderBytes, frame);
        return port.Send(now, frame);
    }
}
