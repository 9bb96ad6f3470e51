namespace Dilaton.Cosim;

/// <summary>Lets one thread stand until another says that it may go on.</summary>
internal sealed class StandGate
{
    // Guards _isClosed; nothing else is done under it.
    private readonly object _lock = new();
    private bool _isClosed;

    /// <summary>Any thread.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }

    /// <summary>Any thread.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isClosed = false;
            Monitor.PulseAll(_lock);
        }
    }

    public void WaitWhileClosed()
    {
        lock (_lock)
        {
            while (_isClosed)
            {
                Monitor.Wait(_lock);
            }
        }
    }
}
