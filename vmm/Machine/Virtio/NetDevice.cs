using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>An Ethernet interface (VIRTIO 1.2, "Network Device") without offloads: frames come and go as they are on
/// the wire.</summary>
/// <param name="name">Such as "net0".</param>
/// <param name="address">Six bytes.</param>
/// <param name="sink">Takes what the guest sends, at the virtual time of its notification. Called with the board's
/// lock held.</param>
public sealed class NetDevice(string name, byte[] address, IFrameSink sink) : VirtioDevice
{
    /// <summary>Of a frame: 1500 and its header. More neither goes nor comes.</summary>
    internal const int FrameMax = 1514;

    /// <summary>Frames that wait for a guest; more are dropped, as by a full ring of a real interface.</summary>
    internal const int WaitingMax = 256;

    internal const int InputQueue = 0;
    internal const int OutputQueue = 1;

    private const int HeaderBytes = 12;
    private const int FrameMin = 14;
    private const int BufferCountAt = 10;
    private const ulong HasAddress = 1 << 5;

    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private ulong _sent;
    private ulong _received;
    private ulong _droppedOut;
    private ulong _droppedIn;

    /// <inheritdoc/>
    public override string Name => name;

    internal override uint Kind => 1;

    internal override int QueueCount => 2;

    internal override ulong Features => HasAddress;

    internal override ReadOnlySpan<byte> Configuration => address;

    /// <inheritdoc/>
    public override void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("framesSent", _sent, "Count", "frames that the guest sent");
        list.Count("framesReceived", _received, "Count", "frames that the guest was given");
        list.Count("droppedOut", _droppedOut, "Count", "frames of the guest that no Ethernet takes");
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
            if (chain.ReadableBytes is < HeaderBytes + FrameMin or > HeaderBytes + FrameMax)
            {
                _droppedOut++;
            }
            else
            {
                byte[] frame = new byte[(int)chain.ReadableBytes - HeaderBytes];
                chain.CopyOut(HeaderBytes, frame);
                _sent++;
                sink.Send(transport.Now, frame);
            }

            transport.Give(OutputQueue, chain.Head, 0);
        }
    }
}
