using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

/// <summary>What a node does by itself: a random but repeatable sequence of acts, of which some
/// send, some wait for a frame, and the last one ends it.</summary>
public sealed class NodeScript(int id, int nodes, ulong seed, int acts)
{
    private readonly Random _random = new(unchecked((int)(seed * 1_000_003) + id));
    private readonly PriorityQueue<byte[]?, (ulong At, int Kind, ulong Order)> _future = Start();
    private ulong _order;
    private ulong _sent;
    private ulong _free;
    private int _left = acts;

    public List<string> Trace { get; } = [];

    public bool HasEnded => _left <= 0;

    public ulong Now { get; private set; }

    public ulong NextAct => !HasEnded && _future.TryPeek(out _, out (ulong At, int, ulong) next)
        ? next.At
        : ulong.MaxValue;

    public void Arrive(ulong at, ReadOnlyMemory<byte> frame)
    {
        Invariant.Require(at >= Now, "a frame comes into a node's past");
        _future.Enqueue(frame.ToArray(), (at, 0, _order++));
    }

    /// <summary>Does the next act.</summary>
    public void Act(Action<FrameDeparture> send)
    {
        Invariant.Require(
            _future.TryDequeue(out byte[]? frame, out (ulong At, int, ulong) when)
                && when.At >= Now);
        Now = when.At;
        Trace.Add(frame is null ? $"{Now} acts" : $"{Now} takes {Convert.ToHexString(frame)}");
        _left--;
        if (HasEnded)
        {
            return;
        }

        for (int i = _random.Next(frame is null ? 3 : 2); i > 0; i--)
        {
            Send(send);
        }

        // Some acts follow from frames only.
        if (frame is null ? _random.Next(4) > 0 : _random.Next(3) == 0)
        {
            int scale = _random.Next(3) switch { 0 => 50, 1 => 1_000, _ => 20_000 };
            _future.Enqueue(null, (Now + (ulong)_random.Next(scale), 1, _order++));
        }
    }

    private static PriorityQueue<byte[]?, (ulong At, int Kind, ulong Order)> Start()
    {
        PriorityQueue<byte[]?, (ulong, int, ulong)> future = new();
        future.Enqueue(null, (0, 1, 0));
        return future;
    }

    private void Send(Action<FrameDeparture> send)
    {
        // The interface sends one frame after the other.
        _free = Math.Max(_free, Now);
        byte[] frame = new byte[12];
        frame[0] = (byte)_random.Next(nodes);
        frame[1] = (byte)id;
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(4), _sent++);
        Trace.Add($"{Now} sends {Convert.ToHexString(frame)} at {_free}");
        send(new FrameDeparture(new VirtualTime(_free), id, frame));
        _free += (ulong)_random.Next(0, 400);
    }
}
