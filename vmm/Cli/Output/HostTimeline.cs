using System.Globalization;
using System.Text;

namespace Dilaton.Cli;

/// <summary>How a run got on in host time: samples at an interval that doubles, each second one left
/// out, once there are too many. Nothing of it enters a result.</summary>
internal sealed class HostTimeline
{
    public const string Header =
        "hostMs,node,virtualPs,instructions,slowdown,mips,waitShare,waitsFor,awaitedShare\n";

    /// <summary>The row of the network's coordinator.</summary>
    public const string NetworkName = "network";

    private const int RowsMax = 8192;
    private const int SamplesLeast = 16;
    private const int SamplesMost = 256;
    private const double FirstInterval = 0.1;

    private readonly List<Sample> _samples = [];
    private readonly int _samplesMax;
    private double _interval = FirstInterval;

    public HostTimeline(int nodeCount)
    {
        _samplesMax = Math.Clamp(RowsMax / nodeCount, SamplesLeast, SamplesMost);
    }

    public int Count => _samples.Count;

    /// <param name="seconds">Host time since the start of the run.</param>
    public bool IsDue(double seconds) =>
        seconds >= (_samples.Count == 0 ? 0 : _samples[^1].Seconds) + _interval;

    /// <param name="networkWait">Host time for which the network's peer was waited for.</param>
    /// <param name="nodes">In the order of the job.</param>
    public void Add(double seconds, double networkWait, HostProgress[] nodes)
    {
        if (_samples.Count == _samplesMax)
        {
            // What is kept is cumulative: a sample that is left out is part of the next one.
            int kept = 0;
            _samples.RemoveAll(_ => kept++ % 2 == 0);
            _interval *= 2;
        }

        _samples.Add(new Sample(seconds, networkWait, nodes));
    }

    public string Csv(RunRecord run)
    {
        StringBuilder text = new(Header);
        Sample before = new(0, 0, new HostProgress[run.Nodes.Count]);
        foreach (Sample sample in _samples)
        {
            double span = sample.Seconds - before.Seconds;
            if (span <= 0)
            {
                continue;
            }

            AppendNetwork(text, run, before, sample);
            for (int i = 0; i < sample.Nodes.Length; i++)
            {
                if (!before.Nodes[i].IsOver)
                {
                    NodeJob node = run.Nodes[i].Node;
                    Append(
                        text, sample.Seconds, node.Name, span, before.Nodes[i], sample.Nodes[i],
                        string.Join('+', PeersReader.Named(node.Memory).Select(named => named.Name).Distinct()));
                }
            }

            before = sample;
        }

        return text.ToString();
    }

    /// <summary>The coordinator waits for a peer that models the network; it is as far as the node
    /// that is furthest behind.</summary>
    private static void AppendNetwork(StringBuilder text, RunRecord run, in Sample before, in Sample now)
    {
        if (run.Job.Network?.Peer is { } peer)
        {
            HostProgress Of(in Sample sample) => new(
                sample.Nodes.Min(node => node.TimePs), 0, sample.NetworkWaitSeconds, 0, false);
            Append(text, now.Seconds, NetworkName, now.Seconds - before.Seconds, Of(before), Of(now), peer);
        }
    }

    private static void Append(
        StringBuilder text, double seconds, string name, double span,
        in HostProgress before, in HostProgress now, string peer)
    {
        double gone = (now.TimePs - before.TimePs) / 1e12;
        double rate = (now.Instructions - before.Instructions) / span / 1e6;
        string wait = peer.Length > 0 ? Share(now.PeerWaitSeconds - before.PeerWaitSeconds, span) : "0";
        text.Append(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.#},{name},{now.TimePs},")
            .Append(CultureInfo.InvariantCulture, $"{now.Instructions},")
            .Append(gone > 0 ? (span / gone).ToString("0.###", CultureInfo.InvariantCulture) : "")
            .Append(CultureInfo.InvariantCulture, $",{rate:0.###},{wait},{peer},")
            .Append(Share(now.AwaitedSeconds - before.AwaitedSeconds, span))
            .Append('\n');
    }

    private static string Share(double part, double span) =>
        Math.Clamp(part / span, 0, 1).ToString("0.###", CultureInfo.InvariantCulture);

    private readonly record struct Sample(double Seconds, double NetworkWaitSeconds, HostProgress[] Nodes);
}
