using Dilaton.Guest;

namespace Dilaton.Tests.Simulation.Net;

/// <summary>A program of a test: does its step at the start and whenever what it waits for has
/// changed, as an event of its own.</summary>
internal sealed class Pump : IWaiter
{
    private readonly Lab _lab;
    private readonly WaitQueue _queue;
    private readonly Func<bool> _step;

    /// <param name="step">Returns false when it is done.</param>
    public Pump(Lab lab, ReadySource source, Func<bool> step)
    {
        (_lab, _queue, _step) = (lab, source.Queue, step);
        _lab.Schedule(_lab.Now, Step);
    }

    public void Woken(WaitQueue queue) => _lab.Schedule(_lab.Now, Step);

    private void Step()
    {
        if (_step())
        {
            _queue.Add(this);
        }
    }
}
