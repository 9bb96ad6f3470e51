using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Integration.Network;

/// <summary>A program of a test on our stack: a step now, and whenever what it waits for changes.
/// </summary>
internal sealed class StackProgram : IWaiter, INodeEvent
{
    private readonly HostTimeNode _node;
    private readonly WaitQueue _queue;
    private readonly Func<bool> _step;

    /// <param name="step">Returns false when it is done.</param>
    public StackProgram(HostTimeNode node, ReadySource source, Func<bool> step)
    {
        (_node, _queue, _step) = (node, source.Queue, step);
        node.Schedule(node.Now, this);
    }

    public void Woken(WaitQueue queue) => _node.Schedule(_node.Now, this);

    public void Fire()
    {
        if (_step())
        {
            _queue.Add(this);
        }
    }
}
