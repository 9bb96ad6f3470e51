using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Simulation.Net;

/// <summary>A frame on a <see cref="ScriptedWire"/>.</summary>
internal readonly record struct WireFrame(
    int Number, int Port, VirtualTime Departure, ReadOnlyMemory<byte> Bytes)
{
    public bool IsIpv4 => EthernetHeader.TryRead(Bytes.Span, out EthernetHeader header)
        && header.Type == EthernetHeader.Ipv4Type;

    public ReadOnlyMemory<byte> Packet => Bytes[EthernetHeader.SizeBytes..];

    public Ipv4Header Ip => Ipv4Header.TryRead(Packet.Span, out Ipv4Header header)
        ? header
        : throw new InvalidOperationException("not IPv4");
}
