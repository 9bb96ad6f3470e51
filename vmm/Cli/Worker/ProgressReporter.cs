namespace Dilaton.Cli;

/// <summary>Tells the front at intervals of host time how far a worker's nodes are, and now and then
/// all their statistics, so that a death of the worker loses little. Its own thread; reads what the
/// sessions publish.</summary>
internal sealed class ProgressReporter : IDisposable
{
    private const int IntervalMilliseconds = 200;

    /// <summary>More nodes than this each tell less often, so that the front is not kept busy.
    /// </summary>
    private const int NodesBriskMax = 16;

    private const int StatisticsEvery = 10;

    private readonly IReadOnlyList<NodeWorker> _nodes;
    private readonly int _interval;
    private readonly ManualResetEventSlim _done = new();
    private readonly Thread _thread;

    /// <param name="nodeCount">Of the whole job.</param>
    public ProgressReporter(IReadOnlyList<NodeWorker> nodes, int nodeCount)
    {
        _nodes = nodes;
        _interval = IntervalMilliseconds * Math.Max(1, nodeCount / NodesBriskMax);
        _thread = new Thread(Report) { IsBackground = true, Name = "progress" };
        _thread.Start();
    }

    public void Dispose()
    {
        _done.Set();
        _thread.Join();
        _done.Dispose();
    }

    private void Report()
    {
        for (int turn = 1; !_done.Wait(_interval); turn++)
        {
            foreach (NodeWorker node in _nodes)
            {
                node.TellProgress(withStatistics: turn % StatisticsEvery == 0);
            }
        }
    }
}
