namespace Dilaton.Cli;

/// <summary>Watches a run for a bounded time. It begins when all nodes have told that their virtual
/// time goes on: their start and first translations are left out, unless a guest is over by then.
/// </summary>
/// <param name="seconds">Of host time.</param>
/// <param name="isShared">The nodes have a network, and so one time: that of the furthest. One that
/// only waits tells an old one.</param>
internal sealed class Calibration(double seconds, bool isShared)
{
    /// <summary>If a node's time does not go on, it has begun nevertheless.</summary>
    private const double PatienceSeconds = 10;

    private readonly List<List<NodeSample>> _samples = [];
    private readonly List<bool> _ended = [];
    private readonly List<int> _workers = [];
    private ulong _furthestPs;
    private double _started = double.NaN;
    private double _begin = double.NaN;

    /// <summary>Set after the end.</summary>
    public RunRecord? Run { get; private set; }

    public HostFigures? Host { get; private set; }

    /// <summary>Notes what a node told.</summary>
    public void Take(int node, int worker, WorkerMessage message, double hostSeconds)
    {
        while (_samples.Count <= node)
        {
            _samples.Add([]);
            _ended.Add(false);
            _workers.Add(0);
        }

        _workers[node] = worker;

        bool ends = message.Kind == WorkerMessageKind.Ended;
        bool tells = ends || message.Kind is WorkerMessageKind.Started
            or WorkerMessageKind.Progress or WorkerMessageKind.Statistics;
        if (tells)
        {
            // It runs on while it is asked to stop, and what it is idle for is not host time.
            _ended[node] |= ends && message.End!.Reason is not NodeEndWords.Stopped;
            _furthestPs = Math.Max(_furthestPs, message.TimePs);
            _samples[node].Add(new NodeSample(
                hostSeconds,
                isShared ? _furthestPs : message.TimePs,
                message.Instructions,
                ends ? message.End!.CpuSeconds : message.CpuSeconds,
                message.PeerWaitSeconds,
                Environment.CpuUsage.TotalTime.TotalSeconds));
        }
    }

    /// <summary>All nodes run, for as long as was wanted.</summary>
    public bool IsOver(int nodes, double hostSeconds)
    {
        bool all = _samples.Count == nodes && _samples.All(each => each.Count > 0);
        _started = all && double.IsNaN(_started) ? hostSeconds : _started;
        bool goes = all && (_samples.All(each => each[^1].TimePs > 0)
            || hostSeconds - _started >= PatienceSeconds);
        _begin = goes && double.IsNaN(_begin) ? hostSeconds : _begin;
        return hostSeconds - _begin >= seconds;
    }

    public void Finish(RunRecord run, HostFigures host) => (Run, Host) = (run, host);

    public IReadOnlyList<PlanNode> Nodes(IReadOnlyList<string> names) =>
        [.. names.Select((name, i) => Node(name, i < _samples.Count ? _samples[i] : [], i))];

    /// <summary>Processor seconds of all workers by their nodes' instructions, from the nodes' start
    /// to their end: there the two belong together, while what a running node tells of its
    /// instructions is as old as its slice.</summary>
    /// <returns>Null if nothing was executed.</returns>
    public double? CpuPerInstruction()
    {
        double instructions = _samples.Sum(each => each.Count > 0 ? (double)each[^1].Instructions : 0);
        double cpu = Enumerable.Range(0, _samples.Count)
            .Where(i => _samples[i].Count > 0)
            .GroupBy(i => _workers[i])
            .Sum(its => its.Max(i => _samples[i][^1].CpuSeconds - _samples[i][0].CpuSeconds));
        return instructions > 0 ? cpu / instructions : null;
    }

    private PlanNode Node(string name, List<NodeSample> all, int index)
    {
        int worker = index < _workers.Count ? _workers[index] : 0;
        bool hasEnded = index < _ended.Count && _ended[index];
        ReadOnlySpan<NodeSample> samples =
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all);

        int first = 0;
        while (first < samples.Length && samples[first].HostSeconds < _begin)
        {
            first++;
        }

        // A guest that was over so soon is measured from its start; a stopped one's last is its stop.
        samples = samples.Length - first >= 2 ? samples[first..] : samples;
        samples = samples.Length > 2 && !hasEnded ? samples[..^1] : samples;
        if (samples.Length < 2)
        {
            return new PlanNode(name, worker, default, null, null, hasEnded);
        }

        PlanSpan whole = PlanSpan.Between(samples[0], samples[^1]);
        if (samples.Length < 3)
        {
            return new PlanNode(name, worker, whole, null, null, hasEnded);
        }

        double middle = (samples[0].HostSeconds + samples[^1].HostSeconds) / 2;
        int half = 1;
        while (half < samples.Length - 2 && samples[half].HostSeconds < middle)
        {
            half++;
        }

        return new PlanNode(
            name,
            worker,
            whole,
            PlanSpan.Between(samples[0], samples[half]),
            PlanSpan.Between(samples[half], samples[^1]),
            hasEnded);
    }
}
