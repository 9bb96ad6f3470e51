using Dilaton.Core;
using Shouldly;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Plays traffic into a network as a coordinator could: any horizons, frames sent as early
/// as is allowed or as late, and holds the network to its contract at each step.</summary>
internal static class TrafficRun
{
    /// <summary>A line for each arrival, in the order in which it was found.</summary>
    public static List<string> Play(
        INetworkModel network, IReadOnlyList<FrameDeparture> traffic, Random? random)
    {
        List<string> found = [];
        List<FrameArrival> arrivals = [];
        VirtualTime reached = default;
        int sent = 0;
        while (sent < traffic.Count || network.EarliestArrival < VirtualTime.MaxValue)
        {
            VirtualTime horizon = random is null
                ? sent < traffic.Count ? traffic[sent].Time + new VirtualDuration(1)
                    : VirtualTime.MaxValue
                : reached + new VirtualDuration((ulong)random.NextInt64(1, 3_000_000));
            int ahead = random?.Next(4) ?? 0;
            while (sent < traffic.Count && (traffic[sent].Time < horizon || ahead-- > 0))
            {
                network.Send(traffic[sent++]);
            }

            VirtualTime promised = network.EarliestArrival;
            promised.ShouldBeGreaterThan(reached);
            VirtualTime now = network.Advance(horizon, arrivals);
            now.ShouldBeInRange(reached, VirtualTime.Max(reached, horizon));
            foreach (FrameArrival arrival in arrivals)
            {
                arrival.Time.ShouldBeGreaterThanOrEqualTo(promised);
                arrival.Time.ShouldBeGreaterThanOrEqualTo(now);
                found.Add($"{arrival.Time.Picoseconds} {arrival.Port} "
                    + $"{NetworkFrames.NumberOf(arrival.Frame)}");
            }

            (now < horizon).ShouldBe(arrivals.Count > 0
                && arrivals.Min(a => a.Time) < horizon && now == arrivals.Min(a => a.Time));
            arrivals.Clear();
            reached = now;
        }

        return found;
    }

    /// <summary>Frames of random sizes between random nodes, some to all, many at equal times, some
    /// bursts.</summary>
    public static List<FrameDeparture> Traffic(Random random, int ports, int count)
    {
        List<FrameDeparture> traffic = [];
        ulong[] times = new ulong[ports];
        for (uint number = 0; number < count; number++)
        {
            int from = random.Next(ports);
            int to = random.Next(20) == 0
                ? NetworkFrames.ToAll
                : (from + random.Next(1, ports)) % ports;
            times[from] += random.Next(3) == 0 ? 0 : (ulong)random.Next(20) * 500_000;
            int bytes = random.Next(4) == 0 ? 1514 : random.Next(18, 400);
            traffic.Add(NetworkFrames.Departure(times[from], from, to, bytes, number));
        }

        return [.. traffic.OrderBy(t => t.Time).ThenBy(t => t.Port)];
    }
}
