using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>Tells the front at intervals of host time how far the node is, and now and then all
/// its statistics, so that a death of the worker loses little. Its own thread; reads what the
/// session publishes.</summary>
internal sealed class ProgressReporter : IDisposable
{
    private const int IntervalMilliseconds = 200;

    /// <summary>More nodes than this each tell less often, so that the front is not kept busy.
    /// </summary>
    private const int NodesBriskMax = 16;

    private const int StatisticsEvery = 10;
    private const int StateLinesMax = 16;

    private readonly NodeSession _session;
    private readonly int _vcpuCount;
    private readonly int _interval;
    private readonly Func<StatisticsList> _collect;
    private readonly Func<double> _peerWait;
    private readonly WorkerLink _link;
    private readonly ManualResetEventSlim _done = new();
    private readonly Thread _thread;

    public ProgressReporter(
        NodeSession session,
        int vcpuCount,
        int nodeCount,
        Func<StatisticsList> collect,
        Func<double> peerWait,
        WorkerLink link)
    {
        _peerWait = peerWait;
        _session = session;
        _vcpuCount = vcpuCount;
        _interval = IntervalMilliseconds * Math.Max(1, nodeCount / NodesBriskMax);
        _collect = collect;
        _link = link;
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
            NodeProgress progress = _session.ReadProgress();
            bool withStatistics = turn % StatisticsEvery == 0;
            _link.Send(new WorkerMessage
            {
                Kind = withStatistics ? WorkerMessageKind.Statistics : WorkerMessageKind.Progress,
                TimePs = progress.Time.Picoseconds,
                Instructions = progress.Instructions,
                PeerWaitSeconds = _peerWait(),
                Lines = State(),
                Statistics = withStatistics ? StatisticLine.From(_collect()) : null,
            });
        }
    }

    private List<string> State()
    {
        List<string> lines = [];
        for (int i = 0; i < Math.Min(_vcpuCount, StateLinesMax); i++)
        {
            VcpuProgress vcpu = _session.ReadProgress(new VcpuId(i));
            lines.Add($"vcpu{i}: {vcpu.Activity}, {vcpu.Time}, {vcpu.Instructions} instructions");
        }

        return lines;
    }
}
