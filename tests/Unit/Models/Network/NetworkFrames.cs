using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Frames between nodes, numbered so that each can be told.</summary>
internal static class NetworkFrames
{
    public const int ToAll = -1;

    public static byte[] Frame(int from, int to, int bytes, uint number = 0)
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
        if (bytes >= EthernetFrame.HeaderBytes + sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(
                frame.AsSpan(EthernetFrame.HeaderBytes), number);
        }

        return frame;
    }

    /// <summary>Protocol, ports: an IPv4 header without options, then the ports.</summary>
    public static byte[] Datagram(int from, int to, byte protocol, ushort source, ushort destination)
    {
        byte[] frame = Frame(from, to, 64);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
        frame[14] = 0x45;
        frame[23] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(28), (ushort)from);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(32), (ushort)to);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), source);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), destination);
        return frame;
    }

    public static FrameDeparture Departure(ulong picoseconds, int from, int to, int bytes,
        uint number = 0) =>
        new(new VirtualTime(picoseconds), from, Frame(from, to, bytes, number));

    public static uint NumberOf(ReadOnlyMemory<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame.Span[EthernetFrame.HeaderBytes..]);

    /// <summary>Arrivals of all that is sent, in the order of their time and port.</summary>
    public static List<FrameArrival> Run(INetworkModel model, params FrameDeparture[] departures)
    {
        foreach (FrameDeparture departure in departures)
        {
            model.Send(departure);
        }

        List<FrameArrival> arrivals = [];
        while (model.EarliestArrival < VirtualTime.MaxValue)
        {
            model.Advance(VirtualTime.MaxValue, arrivals);
        }

        return [.. arrivals.OrderBy(a => a.Time).ThenBy(a => a.Port)];
    }

    public static UInt128 Value(IStatisticsSource source, string name)
    {
        StatisticsList list = new();
        source.Collect(list);
        return list.Items.Single(s => s.Name == name).Value;
    }
}
