namespace Dilaton.Core;

/// <summary>Carries frames between nodes in virtual time: our own models in process, or a
/// simulator on the wire. Its results depend on what was sent, and on nothing else: not on how
/// often or how far it was advanced.</summary>
public interface INetworkModel
{
    /// <summary>Nodes that it joins; ports are numbered from 0.</summary>
    int PortCount { get; }

    /// <summary>No frame arrives anywhere sooner than this after its departure. Above zero.
    /// </summary>
    VirtualDuration Lookahead { get; }

    /// <summary>Of the frames that were sent and have not been handed over, none arrives before
    /// this; <see cref="VirtualTime.MaxValue"/> if there is none. Above the time that
    /// <see cref="Advance"/> has reached.</summary>
    VirtualTime EarliestArrival { get; }

    /// <summary>Takes a frame. It departs at or after the time that <see cref="Advance"/> has
    /// reached. Calls come in the order of (Time, Port), frames of a port in the order of their
    /// sending.</summary>
    void Send(in FrameDeparture departure);

    /// <summary>Lets everything happen before <paramref name="horizon"/>, or before the earliest
    /// arrival found on the way: a node that it wakes could send from then on.</summary>
    /// <param name="arrivals">Takes what arrives, in the order in which it was found: all up to
    /// what was reached, that time included, and it may lie after it.</param>
    /// <returns>What was reached: everything before it has happened. Something arrived, or it is
    /// the horizon.</returns>
    VirtualTime Advance(VirtualTime horizon, ICollection<FrameArrival> arrivals);
}
