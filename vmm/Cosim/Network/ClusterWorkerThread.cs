using System.Runtime.ExceptionServices;
using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Lets a worker run on a thread of its own, beside the others.</summary>
public sealed class ClusterWorkerThread : IClusterWorker, IDisposable
{
    private readonly IClusterWorker _worker;
    private readonly Thread _thread;

    // The thread owns the round between the two: no lock is needed.
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private ulong _round;
    private IReadOnlyList<NodeGrant>? _grants;
    private IReadOnlyList<NodeReport> _reports = [];
    private ExceptionDispatchInfo? _failure;
    private bool _isUnderWay;

    public ClusterWorkerThread(IClusterWorker worker, string name)
    {
        ArgumentNullException.ThrowIfNull(worker);
        _worker = worker;
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public IReadOnlyList<ClusterNode> Nodes => _worker.Nodes;

    public void Begin(ulong round, IReadOnlyList<NodeGrant> grants)
    {
        Invariant.Require(!_isUnderWay, "a round is collected before the next one begins");
        ArgumentNullException.ThrowIfNull(grants);
        _round = round;
        _grants = grants;
        _isUnderWay = true;
        _begun.Release();
    }

    public IReadOnlyList<NodeReport> Collect()
    {
        Invariant.Require(_isUnderWay, "no round has begun");
        _done.Wait();
        _isUnderWay = false;
        _failure?.Throw();
        return _reports;
    }

    /// <summary>Ends the thread, after the round under way.</summary>
    public void Dispose()
    {
        if (_isUnderWay)
        {
            _done.Wait();
            _isUnderWay = false;
        }

        _grants = null;
        _begun.Release();
        _thread.Join();
        _begun.Dispose();
        _done.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _begun.Wait();
            if (_grants is null)
            {
                return;
            }

            try
            {
                _worker.Begin(_round, _grants);
                _reports = _worker.Collect();
            }
            catch (Exception e)
            {
                // It is thrown where the round is collected.
                _failure = ExceptionDispatchInfo.Capture(e);
            }

            _done.Release();
        }
    }
}
