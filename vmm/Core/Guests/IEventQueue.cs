namespace Dilaton.Core;

/// <summary>A node's future. Events at equal times fire in the order they were scheduled.</summary>
public interface IEventQueue
{
    /// <returns>A ticket for <see cref="Cancel"/>.</returns>
    ulong Schedule(VirtualTime at, INodeEvent action);

    /// <summary>Forgets an event; one that has fired already is ignored.</summary>
    void Cancel(ulong ticket);
}
