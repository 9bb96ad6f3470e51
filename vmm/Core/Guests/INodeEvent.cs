namespace Dilaton.Core;

/// <summary>Something that happens at a virtual time: a timer, an arrival.</summary>
public interface INodeEvent
{
    /// <summary>Called once the node's clock stands at the event's time.</summary>
    void Fire();

    /// <summary>It is of the node's network, which stays up after its programs' end.</summary>
    bool OutlivesGuest => false;
}
