using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Models.Network;
using Shouldly;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>Traffic between nodes, and playing it into a network of whatever kind.</summary>
internal static class NetworkPlay
{
    public const int ToAll = -1;
    private const int NumberOffset = EthernetFrame.HeaderBytes;

    public static byte[] Frame(int from, int to, int bytes, uint number)
    {
        byte[] frame = new byte[bytes];
        if (to == ToAll)
        {
            frame.AsSpan(0, 6).Fill(0xFF);
        }
        else
        {
            EthernetFrame.WriteAddress(to, frame);
        }

        EthernetFrame.WriteAddress(from, frame.AsSpan(6));
        for (int i = NumberOffset; i < bytes; i++)
        {
            frame[i] = (byte)((i * 7) + number);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(NumberOffset), number);
        return frame;
    }

    public static FrameDeparture Departure(
        ulong picoseconds, int from, int to, int bytes, uint number = 0) =>
        new(new VirtualTime(picoseconds), from, Frame(from, to, bytes, number));

    public static uint NumberOf(in FrameArrival arrival) => NumberOf(arrival.Frame);

    public static uint NumberOf(ReadOnlyMemory<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame.Span[NumberOffset..]);

    /// <summary>Frames between random nodes, in bursts, some to all.</summary>
    public static List<FrameDeparture> Traffic(
        int seed, int ports, int count, bool hasGroups = true)
    {
        Random random = new(seed);
        ulong[] times = new ulong[ports];
        List<FrameDeparture> traffic = [];
        for (uint number = 0; number < count; number++)
        {
            int from = random.Next(ports);
            int to = hasGroups && random.Next(16) == 0 ? ToAll : (from + random.Next(1, ports)) % ports;
            times[from] += random.Next(3) == 0 ? 0 : (ulong)random.Next(4_000_000);
            traffic.Add(Departure(times[from], from, to, random.Next(18, 1515), number));
        }

        return [.. traffic.OrderBy(t => t.Time).ThenBy(t => t.Port)];
    }

    /// <summary>As a coordinator: sends what departs before a horizon, and lets the network go on to
    /// it. With <paramref name="random"/> horizons are random.</summary>
    public static List<FrameArrival> Run(
        INetworkModel network, IReadOnlyList<FrameDeparture> traffic, Random? random)
    {
        List<FrameArrival> arrivals = [];
        VirtualTime reached = default;
        int sent = 0;
        while (sent < traffic.Count || network.EarliestArrival < VirtualTime.MaxValue)
        {
            VirtualTime horizon = random is not null
                ? reached + new VirtualDuration((ulong)random.NextInt64(1, 5_000_000))
                : sent < traffic.Count ? traffic[sent].Time + network.Lookahead
                : VirtualTime.MaxValue;
            while (sent < traffic.Count && traffic[sent].Time < horizon)
            {
                network.Send(traffic[sent++]);
            }

            int before = arrivals.Count;
            VirtualTime promised = network.EarliestArrival;
            if (horizon > reached)
            {
                reached = network.Advance(horizon, arrivals);
            }

            for (int i = before; i < arrivals.Count; i++)
            {
                arrivals[i].Time.ShouldBeGreaterThanOrEqualTo(promised);
                arrivals[i].Time.ShouldBeGreaterThanOrEqualTo(reached);
            }
        }

        return [.. arrivals.OrderBy(a => a.Time).ThenBy(a => a.Port).ThenBy(a => NumberOf(a))];
    }

    /// <summary>A line for each arrival: time, port, number.</summary>
    public static IEnumerable<string> Lines(IEnumerable<FrameArrival> arrivals) =>
        arrivals.Select(a => $"{a.Time.Picoseconds} {a.Port} {NumberOf(a)}");

    /// <summary>Each frame has come whole to its node, or to all but its sender, once.</summary>
    public static void HoldConserved(
        IReadOnlyList<FrameDeparture> traffic, IReadOnlyList<FrameArrival> arrivals, int ports)
    {
        List<(int Port, string Frame)> expected = [];
        for (int i = 0; i < traffic.Count; i++)
        {
            ReadOnlySpan<byte> frame = traffic[i].Frame.Span;
            string text = Convert.ToHexString(frame);
            for (int port = 0; port < ports; port++)
            {
                bool isFor = frame[0] == 0xFF
                    ? port != traffic[i].Port
                    : BinaryPrimitives.ReadUInt16BigEndian(frame[4..]) == port;
                if (isFor)
                {
                    expected.Add((port, text));
                }
            }
        }

        arrivals.Select(a => (a.Port, Convert.ToHexString(a.Frame.Span))).Order()
            .ShouldBe(expected.Order());
    }
}
