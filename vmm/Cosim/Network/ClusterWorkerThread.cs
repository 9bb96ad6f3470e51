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
    private Task<IReadOnlyList<NodeReport>>? _work;
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
        return _work!.GetAwaiter().GetResult(); // Done: it throws what the round threw.
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

            // Run here and now; as a task, since that carries a failure to who collects.
            _work = new Task<IReadOnlyList<NodeReport>>(Run);
            _work.RunSynchronously(TaskScheduler.Default);
            _done.Release();
        }
    }

    private IReadOnlyList<NodeReport> Run()
    {
        _worker.Begin(_round, _grants!); // Set before the round begins.
        return _worker.Collect();
    }
}
