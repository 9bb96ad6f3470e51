namespace Dilaton.Kvm;

/// <summary>Where a machine's vCPUs stand while it is held.
/// <code>
/// Close ──► each vCPU comes to Stand or Leave ──► the last one: stop ──► Close returns
/// Open  ──► the first that goes on: start ──► Open returns
/// </code></summary>
/// <param name="count">Of vCPUs.</param>
/// <param name="stop">Called when all stand.</param>
/// <param name="start">Called before any goes on.</param>
internal sealed class HoldGate(int count, Action stop, Action start)
{
    // Guards what follows; stop and start are called with it held.
    private readonly object _lock = new();
    private volatile bool _isClosed;
    private volatile bool _isStopped;
    private bool _isAbandoned;
    private int _standing;
    private int _gone;

    /// <summary>A vCPU must not enter the guest: it stands here, also to start what is stopped.</summary>
    public bool IsClosed => _isClosed || _isStopped;

    /// <summary>Before any vCPU runs: it stands from the beginning.</summary>
    public void BeginClosed() => _isClosed = _isStopped = true;

    /// <param name="kick">Takes vCPUs out of the guest; called once none enters it any more.</param>
    public void Close(Action kick)
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        kick();
        lock (_lock)
        {
            StopIfAllStand();
            while (!_isStopped && _gone < count)
            {
                Monitor.Wait(_lock);
            }
        }
    }

    public void Open()
    {
        lock (_lock)
        {
            _isClosed = false;
            Monitor.PulseAll(_lock);
            while (_isStopped && _gone < count)
            {
                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>A vCPU is out of the guest, and waits until it may go on.</summary>
    public void Stand()
    {
        lock (_lock)
        {
            _standing++;
            StopIfAllStand();
            while (_isClosed && !_isAbandoned)
            {
                Monitor.Wait(_lock);
            }

            _standing--;
            if (_isStopped)
            {
                start();
                _isStopped = false;
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>A vCPU is out of the guest for good.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _gone++;
            StopIfAllStand();
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Nobody stands here any more, since all is over.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void StopIfAllStand()
    {
        if (_isClosed && !_isStopped && _standing + _gone == count)
        {
            _isStopped = true;
            stop();
            Monitor.PulseAll(_lock);
        }
    }
}
