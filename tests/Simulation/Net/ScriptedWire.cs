using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Simulation.Net;

/// <summary>Joins stations: each frame arrives after its own transmission time at the sender's
/// rate and a latency, unless the script says otherwise.</summary>
internal sealed class ScriptedWire(Lab lab, ulong bitsPerSecond, VirtualDuration latency)
{
    private readonly Frequency _rate = new(bitsPerSecond);
    private readonly List<(MacAddress Mac, IFrameReceiver Receiver)> _stations = [];

    /// <summary>Extra delay of each copy of a frame; none is a loss, two a duplicate. Null lets
    /// every frame pass.</summary>
    public Func<WireFrame, IReadOnlyList<VirtualDuration>>? Script { get; set; }

    /// <summary>What becomes of a frame's bytes on the way.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Damage { get; set; }

    /// <summary>Sees every frame that is sent.</summary>
    public Action<WireFrame>? Tap { get; set; }

    public int FrameCount { get; private set; }

    public ulong LostCount { get; private set; }

    public IFrameSink Join(MacAddress mac, IFrameReceiver receiver)
    {
        _stations.Add((mac, receiver));
        return new Port(this, _stations.Count - 1);
    }

    public VirtualDuration TransmissionTime(int frameBytes) =>
        _rate.ToDuration((UInt128)frameBytes * 8);

    private void Send(int port, VirtualTime departure, ReadOnlyMemory<byte> bytes)
    {
        WireFrame frame = new(FrameCount++, port, departure, bytes);
        Tap?.Invoke(frame);
        IReadOnlyList<VirtualDuration> copies = Script?.Invoke(frame) ?? [VirtualDuration.Zero];
        LostCount += copies.Count == 0 ? 1UL : 0;
        bytes = Damage?.Invoke(bytes) ?? bytes;
        MacAddress destination = MacAddress.Read(bytes.Span);
        foreach (VirtualDuration extra in copies)
        {
            VirtualTime arrival =
                departure + TransmissionTime(bytes.Length) + latency + extra;
            for (int i = 0; i < _stations.Count; i++)
            {
                (MacAddress mac, IFrameReceiver receiver) = _stations[i];
                if (i != port && (destination.IsGroup || destination == mac))
                {
                    lab.Schedule(arrival, () => receiver.Receive(bytes));
                }
            }
        }
    }

    private sealed class Port(ScriptedWire wire, int number) : IFrameSink
    {
        private VirtualTime _last;

        public void Send(VirtualTime departure, ReadOnlyMemory<byte> frame)
        {
            Invariant.Require(departure >= _last && frame.Length >= 60);
            _last = departure;
            wire.Send(number, departure, frame);
        }
    }
}
