using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A station of the network and what is known of its Ethernet address.</summary>
internal sealed class Neighbour(Ipv4Address address, ArpTable table) : INodeEvent
{
    public Ipv4Address Address { get; } = address;

    /// <summary>Null until it has answered.</summary>
    public MacAddress? Mac { get; set; }

    /// <summary>When the answer is too old to be used; null is never.</summary>
    public VirtualTime? Expires { get; set; }

    /// <summary>Frames that wait for the address.</summary>
    public Queue<(byte[] Frame, TransmitAccount? Account)> Waiting { get; } = new();

    public int RequestsSent { get; set; }

    public ulong? Timer { get; set; }

    bool INodeEvent.OutlivesGuest => true;

    void INodeEvent.Fire()
    {
        Timer = null;
        table.AnswerIsLate(this);
    }
}
