namespace Dilaton.Core;

/// <summary>Something that happens at a virtual time: a timer, an arrival.</summary>
public interface INodeEvent
{
    /// <summary>Called once the node's clock stands at the event's time.</summary>
    void Fire();
}
