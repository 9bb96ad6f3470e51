using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>The results of one run, from the files that every run writes.</summary>
internal sealed class LawRun
{
    private readonly Dictionary<string, decimal> _statistics = new(StringComparer.Ordinal);
    private readonly JsonArray _nodes;
    private readonly Dictionary<string, byte[]> _outputs = new(StringComparer.Ordinal);

    public LawRun(Job job, string folder)
    {
        Job = job;
        StatisticsText = File.ReadAllText(Path.Combine(folder, "stats.txt"));
        foreach (string line in StatisticsText.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && decimal.TryParse(
                words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value))
            {
                _statistics[words[0]] = value;
            }
        }

        JsonNode result = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "result.json")))!;
        _nodes = result["nodes"]!.AsArray();
        foreach (NodeJob node in job.Nodes)
        {
            string file = Path.Combine(
                folder, ResultFolder.StateFolder, node.Name, "stdout.txt");
            _outputs[node.Name] = File.Exists(file) ? File.ReadAllBytes(file) : [];
        }
    }

    /// <summary>Resolved.</summary>
    public Job Job { get; }

    public string StatisticsText { get; }

    /// <summary>Of the first node.</summary>
    public ulong TimePs => _nodes[0]!["virtualTimePs"]!.GetValue<ulong>();

    /// <summary>Statistics, output and event-log hash of every node: what must be the same for the
    /// same job.</summary>
    public IReadOnlyList<string> Bytes =>
    [
        StatisticsText,
        .. _nodes.Select(node => node!["eventLogHash"]!.GetValue<string>()),
        .. Job.Nodes.Select(node => Convert.ToHexString(_outputs[node.Name])),
    ];

    public decimal Statistic(string name) => _statistics.TryGetValue(name, out decimal value)
        ? value
        : throw new LawRunException(ExitCode.Bug, $"the run has no statistic '{name}'");

    /// <summary>What a guest wrote.</summary>
    public ulong[] Numbers(string node)
    {
        byte[] bytes = _outputs[node];
        ulong[] numbers = new ulong[bytes.Length / 8];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i * 8));
        }

        return numbers;
    }

    /// <summary>Links whose queue, frames x time, is not the sum of its frames' waits; and all.
    /// </summary>
    public (int Wrong, int All) Queues()
    {
        const string Queue = ".queueFrameTime";
        int wrong = 0, all = 0;
        foreach ((string name, decimal value) in _statistics)
        {
            if (name.EndsWith(Queue, StringComparison.Ordinal))
            {
                wrong += value == Statistic($"{name[..^Queue.Length]}.waitingTime") ? 0 : 1;
                all++;
            }
        }

        return (wrong, all);
    }

    /// <summary>vCPUs whose cycles are not executed + stall + kernel + waiting, exactly; and all.
    /// </summary>
    public (int Wrong, int All) Sums()
    {
        int wrong = 0, all = 0;
        foreach (NodeJob node in Job.Nodes)
        {
            for (int i = 0; i < node.Cores.Count; i++)
            {
                string vcpu = $"{node.Name}.vcpu{i.ToString(CultureInfo.InvariantCulture)}";
                decimal sum = Statistic($"{vcpu}.cycles.executed")
                    + Statistic($"{vcpu}.cycles.stall")
                    + Statistic($"{vcpu}.cycles.kernel")
                    + Statistic($"{vcpu}.cycles.waiting");
                wrong += sum == Statistic($"{vcpu}.numCycles") ? 0 : 1;
                all++;
            }
        }

        return (wrong, all);
    }
}
