using System.Text;
using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using static Dilaton.Tests.Unit.Protocol.WireVectorText;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>Messages of docs/protocol.md, section 8, in words.</summary>
internal static class ClusterVectorText
{
    /// <returns>False if it is another message.</returns>
    public static bool TryAdd(StringBuilder text, Envelope read, byte[] payload)
    {
        switch (read.BodyCase)
        {
            case Envelope.BodyOneofCase.Grant:
                Grant(text, read.Grant, payload);
                return true;
            case Envelope.BodyOneofCase.Reached:
                Reached(text, read.Reached, payload);
                return true;
            case Envelope.BodyOneofCase.Frames:
                FramesReader frames = FramesReader.Open(
                    read.Frames, read.Frames.Number, ClusterVectorMaker.Reached,
                    ClusterVectorMaker.Ports, payload);
                Line(text, $"frames {read.Frames.Number} horizon {read.Frames.HorizonPs}");
                Add(text, frames.Departures);
                return true;
            case Envelope.BodyOneofCase.FramesDone:
                FramesDone done = read.FramesDone;
                FramesDoneReader reader = FramesDoneReader.Open(
                    done, done.Number, ClusterVectorMaker.Reached, VirtualTime.MaxValue,
                    ClusterVectorMaker.Reached, ClusterVectorMaker.Ports, payload);
                Line(text, $"frames {done.Number} reached {done.ReachedPs} "
                    + $"earliest {done.EarliestPs}");
                Add(text, reader.Arrivals);
                return true;
            default:
                return false;
        }
    }

    private static void Grant(StringBuilder text, Grant grant, byte[] payload)
    {
        GrantReader reader = GrantReader.Open(grant, 0, ClusterVectorMaker.Ports, payload);
        Line(text, $"round {grant.Round}");
        for (int i = 0; i < reader.NodeCount; i++)
        {
            Line(text, $"node {reader.Node(i)} until {reader.Until(i).Picoseconds}");
            Add(text, reader.ReadArrivals(i));
        }
    }

    private static void Reached(StringBuilder text, Reached reached, byte[] payload)
    {
        // What the vector `grant` asked for.
        var grant = new Grant { Round = 7 };
        grant.Nodes.Add(new NodeGrant { Node = 0, UntilPs = 2_000 });
        grant.Nodes.Add(new NodeGrant { Node = 5, UntilPs = ulong.MaxValue });
        ReachedReader reader = ReachedReader.Open(
            reached, grant, ClusterVectorMaker.Ports, payload);
        Line(text, $"round {reached.Round}");
        for (int i = 0; i < reached.Nodes.Count; i++)
        {
            Line(text, $"node {reached.Nodes[i].Node} now {reader.Now(i).Picoseconds} next "
                + $"{reader.NextAct(i).Picoseconds} ended {Bit(reader.HasEnded(i))}");
            Add(text, reader.ReadDepartures(i));
        }
    }

    private static void Add(StringBuilder text, in FrameBlockView frames)
    {
        List<FrameArrival> copies = [];
        frames.CopyTo(copies);
        foreach (FrameArrival frame in copies)
        {
            Line(text, $"frame {frame.Time.Picoseconds} {frame.Port} "
                + $"{Convert.ToHexStringLower(frame.Frame.Span)}");
        }
    }
}
