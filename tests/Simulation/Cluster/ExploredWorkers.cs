using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>Workers of the abstract model: whenever the coordinator waits for one, any of those that
/// have something to do may do it first.</summary>
internal sealed class ExploredWorkers
{
    private readonly Choices _choices;
    private readonly List<Worker> _pending = [];

    public ExploredWorkers(Choices choices, IEnumerable<IReadOnlyList<IClusterNode>> layout)
    {
        _choices = choices;
        All = [.. layout.Select(nodes => new Worker(this, new LocalClusterWorker(nodes)))];
    }

    public IReadOnlyList<IClusterWorker> All { get; }

    private sealed class Worker(ExploredWorkers workers, LocalClusterWorker inner) : IClusterWorker
    {
        private ulong _round;
        private IReadOnlyList<NodeGrant> _grants = [];

        public IReadOnlyList<ClusterNode> Nodes => inner.Nodes;

        public void Begin(ulong round, IReadOnlyList<NodeGrant> grants)
        {
            _round = round;
            _grants = grants;
            workers._pending.Add(this);
        }

        public IReadOnlyList<NodeReport> Collect()
        {
            while (workers._pending.Contains(this))
            {
                Worker next = workers._pending[workers._choices.Next(workers._pending.Count)];
                workers._pending.Remove(next);
                next.Run();
            }

            return inner.Collect();
        }

        private void Run() => inner.Begin(_round, _grants);
    }
}
