namespace Dilaton.Guest;

/// <summary>Something that can stand in a <see cref="WaitQueue"/>: a guest thread.</summary>
internal interface IWaiter
{
    /// <summary>Called when the queue has let it go; it leaves its other queues itself.</summary>
    void Woken(WaitQueue queue);
}
