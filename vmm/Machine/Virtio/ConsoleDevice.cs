using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A console of one port (VIRTIO 1.2, "Console Device"), Linux's hvc0. A line of it is one exit, where a
/// serial port has one for each character.</summary>
/// <param name="peer">Takes what the guest writes.</param>
/// <param name="measures">Sees it too.</param>
public sealed class ConsoleDevice(ISerialPeer peer, GuestMeasures? measures = null) : VirtioDevice
{
    /// <summary>Bytes that wait for a guest; more are lost, as on a serial line.</summary>
    internal const int InputMax = 4096;

    /// <summary>Of one request. Linux sends pages at most.</summary>
    internal const int OutputMax = 64 << 10;

    internal const int InputQueue = 0;
    internal const int OutputQueue = 1;

    private readonly Queue<byte> _input = new();
    private readonly byte[] _buffer = new byte[InputMax];
    private ulong _sent;
    private ulong _received;
    private ulong _lost;

    /// <inheritdoc/>
    public override string Name => "console";

    internal override uint Kind => 3;

    internal override int QueueCount => 2;

    /// <inheritdoc/>
    public override void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("bytesSent", _sent, "Byte", "bytes that the guest wrote");
        list.Count("bytesReceived", _received, "Byte", "bytes of input that the guest took");
        list.Count("lostInput", _lost, "Byte", "input that the guest did not take in time");
        if (measures is not null)
        {
            list.Add("measures", measures);
        }
    }

    /// <inheritdoc/>
    public override void ResetStatistics()
    {
        _sent = _received = _lost = 0;
        measures?.ResetStatistics();
    }

    /// <summary>Bytes come in; the input queue is to be served then.</summary>
    internal void Input(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (_input.Count < InputMax)
            {
                _input.Enqueue(value);
            }
            else
            {
                _lost++;
            }
        }
    }

    internal override void Serve(VirtioTransport transport, int queue)
    {
        if (queue == InputQueue)
        {
            Receive(transport);
            if (transport.AskForRoom(InputQueue, _input.Count > 0))
            {
                Receive(transport);
            }
        }
        else
        {
            Send(transport);
        }
    }

    private void Receive(VirtioTransport transport)
    {
        for (int left = transport.Waiting(InputQueue); left > 0 && _input.Count > 0; left--)
        {
            VirtChain chain = transport.Take(InputQueue);
            int count = (int)Math.Min((ulong)_input.Count, chain.WritableBytes);
            for (int i = 0; i < count; i++)
            {
                _buffer[i] = _input.Dequeue();
            }

            chain.CopyIn(0, _buffer.AsSpan(0, count));
            _received += (ulong)count;
            transport.Give(InputQueue, chain.Head, (uint)count);
        }
    }

    private void Send(VirtioTransport transport)
    {
        for (int left = transport.Waiting(OutputQueue); left > 0; left--)
        {
            VirtChain chain = transport.Take(OutputQueue);
            if (chain.ReadableBytes > OutputMax)
            {
                throw new VirtioFaultException($"a request to write {chain.ReadableBytes} bytes to a console");
            }

            for (ulong at = 0; at < chain.ReadableBytes; at += InputMax)
            {
                Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(InputMax, chain.ReadableBytes - at));
                chain.CopyOut(at, part);
                measures?.Receive(part, transport.Now);
                foreach (byte value in part)
                {
                    peer.Receive(value);
                }
            }

            _sent += chain.ReadableBytes;
            transport.Give(OutputQueue, chain.Head, 0);
        }
    }
}
