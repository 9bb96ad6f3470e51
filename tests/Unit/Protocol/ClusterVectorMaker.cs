using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>Messages of docs/protocol.md, section 8: a network of four ports, two nodes.</summary>
internal static class ClusterVectorMaker
{
    public const int Ports = 4;

    public static readonly VirtualTime Reached = new(1_000);

    public static IEnumerable<WireVector> All =>
        [.. Opening(), Grant(), Answer(), Frames(), NoFrames(), Done(), NothingDone(), .. Bad()];

    private static IEnumerable<WireVector> Opening()
    {
        yield return WireVectorMaker.Message("hello-network", new Envelope
        {
            Sequence = 1,
            Hello = new Hello
            {
                Version = 1,
                Peer = "fabric",
                Software = "sst",
                SoftwareVersion = "15.1",
                TicksPerSecond = ProtocolLimits.TicksPerSecond,
                ProcessId = 4321,
                Features = { "statistics", "ring", "network" },
                Ports = 8,
                LookaheadPs = 600_000,
            },
        });
        yield return WireVectorMaker.Message("hello-nodes", new Envelope
        {
            Sequence = 1,
            Hello = new Hello
            {
                Version = 1,
                Peer = "worker0",
                Software = "dilaton",
                TicksPerSecond = ProtocolLimits.TicksPerSecond,
                ProcessId = 4321,
                Features = { "nodes" },
                Nodes =
                {
                    new ClusterNode { Id = 0, Ports = { 0, 3 } },
                    new ClusterNode { Id = 5, Ports = { 2 } },
                },
            },
        });
        yield return WireVectorMaker.Message("welcome-network", new Envelope
        {
            Sequence = 1,
            Welcome = new Welcome
            {
                Version = 1,
                Session = "rack",
                HeartbeatMs = 500,
                Ports = Ports,
            },
        });
    }

    private static WireVector Grant()
    {
        GrantWriter writer = new();
        writer.Begin(7);
        writer.AddNode(0, new VirtualTime(2_000), [Arrival(1_000, 0, 60), Arrival(1_999, 3, 61)]);
        writer.AddNode(5, VirtualTime.MaxValue, []);
        return WireVectorMaker.Message("grant", 2, writer.Envelope, writer.Payload);
    }

    private static WireVector Answer()
    {
        ReachedWriter writer = new();
        writer.Begin(7);
        writer.AddNode(
            0, new VirtualTime(1_999), new VirtualTime(2_001), hasEnded: false,
            [Departure(1_999, 3, 1), Departure(2_500, 3, 14), Departure(2_000, 0, 15)]);
        writer.AddNode(
            5, new VirtualTime(900), VirtualTime.MaxValue, hasEnded: true, []);
        return WireVectorMaker.Message("reached", 2, writer.Envelope, writer.Payload);
    }

    private static WireVector Frames()
    {
        FramesWriter writer = new();
        writer.Add(Departure(1_000, 1, 60));
        writer.Add(Departure(1_000, 2, 9_000));
        writer.Add(Departure(ulong.MaxValue - 1, 0, 3));
        writer.Finish(3, new VirtualTime(1_500));
        return WireVectorMaker.Message("frames", 2, writer.Envelope, writer.Payload);
    }

    private static WireVector NoFrames()
    {
        FramesWriter writer = new();
        writer.Finish(4, VirtualTime.MaxValue);
        return WireVectorMaker.Message("frames-empty", 3, writer.Envelope, writer.Payload);
    }

    private static WireVector Done()
    {
        FramesDoneWriter writer = new();
        writer.Add(Arrival(1_450, 3, 60));
        writer.Add(Arrival(1_460, 0, 61));
        writer.Finish(3, new VirtualTime(1_400), new VirtualTime(1_450));
        return WireVectorMaker.Message("frames-done", 2, writer.Envelope, writer.Payload);
    }

    private static WireVector NothingDone()
    {
        FramesDoneWriter writer = new();
        writer.Finish(4, VirtualTime.MaxValue, VirtualTime.MaxValue);
        return WireVectorMaker.Message("frames-done-empty", 3, writer.Envelope, writer.Payload);
    }

    private static IEnumerable<WireVector> Bad()
    {
        WireVector frames = Frames();
        yield return WireVectorMaker.Change(
            frames, "bad-frames-outside", "they end after the payload",
            e => e.Frames.Departures.Count = 4_000);
        yield return WireVectorMaker.Change(
            frames, "bad-frames-size", "bytes of no frame",
            e => e.Frames.Departures.SizeBytes += 1);
        yield return WireVectorMaker.Change(
            frames, "bad-frames-unaligned", "not at a multiple of 8",
            e => e.Frames.Departures.Offset += 4);
        yield return WireVectorMaker.Change(
            frames, "bad-frames-horizon", "the horizon has passed",
            e => e.Frames.HorizonPs = Reached.Picoseconds);
        yield return WireVectorMaker.Damage(
            frames, "bad-frames-port", "port 4 of 4", 3 * sizeof(ulong), Ports);
        yield return WireVectorMaker.Damage(
            frames, "bad-frames-order", "ports at one time fall", 3 * sizeof(ulong), 3);
        yield return WireVectorMaker.Damage(
            frames, "bad-frames-length", "a frame of no bytes", (3 * sizeof(ulong)) + 16, 0);
        WireVector grant = Grant();
        yield return WireVectorMaker.Change(
            grant, "bad-grant-late", "an arrival at the grant's end",
            e => e.Grant.Nodes[0].UntilPs = 1_999);
        yield return WireVectorMaker.Change(
            grant, "bad-grant-round", "round 0", e => e.Grant.Round = 0);
        yield return WireVectorMaker.Change(
            Answer(), "bad-reached-act", "an act at the grant's end",
            e => e.Reached.Nodes[0].NowPs = 2_000);
        yield return WireVectorMaker.Change(
            Answer(), "bad-reached-wait", "it waits where it had to end",
            e => e.Reached.Nodes[1].Ended = false);
        yield return WireVectorMaker.Change(
            Done(), "bad-frames-done-promise", "no arrival is left to promise",
            e => e.FramesDone.EarliestPs = 1_400);
    }

    private static FrameArrival Arrival(ulong time, int port, int length) =>
        new(new VirtualTime(time), port, Bytes(length));

    private static FrameDeparture Departure(ulong time, int port, int length) =>
        new(new VirtualTime(time), port, Bytes(length));

    private static byte[] Bytes(int length) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)(i + length))];
}
