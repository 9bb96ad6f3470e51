using System.Globalization;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>gem5's stats.txt of a run.</summary>
internal sealed class Gem5Statistics
{
    private readonly string _text;

    private Gem5Statistics(string text) => _text = text;

    public static Gem5Statistics Of(Run run) => new(run.Files["peers/memory/stats.txt"]);

    /// <summary>What Dilaton wrote, in the same shape.</summary>
    public static Gem5Statistics Ours(Run run) => new(run.Files["stats.txt"]);

    public static Gem5Statistics Read(string path) => new(File.ReadAllText(path));

    /// <summary>Each time that gem5 wrote its statistics.</summary>
    public IReadOnlyList<Gem5Statistics> Blocks =>
    [
        .. _text.Split("---------- Begin Simulation Statistics ----------").Skip(1)
            .Select(block => new Gem5Statistics(block)),
    ];

    /// <summary>What the bridge says that a block was written for.</summary>
    public string WrittenFor => _text.Split('\n')
        .Single(line => line.StartsWith("board.vmm.block ", StringComparison.Ordinal))
        .Split("written for: ")[1].Replace(" (Count)", "", StringComparison.Ordinal).Trim();

    /// <summary>All but what depends on the host.</summary>
    public string Deterministic => string.Join('\n', _text.Split('\n')
        .Where(line => !line.StartsWith("host", StringComparison.Ordinal)));

    /// <summary>The sum of the figures whose names begin and end so; 0 if there is none.</summary>
    public ulong Sum(string prefix, string suffix)
    {
        ulong sum = 0;
        foreach (string line in _text.Split('\n'))
        {
            string[] cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length > 1 && cells[0].StartsWith(prefix, StringComparison.Ordinal)
                && cells[0].EndsWith(suffix, StringComparison.Ordinal))
            {
                sum += ulong.Parse(cells[1], CultureInfo.InvariantCulture);
            }
        }

        return sum;
    }

    /// <summary>What the bridge sent, but for dropped flushes.</summary>
    public ulong Sent => Sum("board.processor", ".vmm.reads")
        + Sum("board.processor", ".vmm.writes") + Sum("board.processor", ".vmm.flushes");

    /// <summary>Hits of all caches whose name begins so.</summary>
    public ulong Hits(string cache) => Counted(cache, "Hits");

    public ulong Misses(string cache) => Counted(cache, "Misses");

    /// <summary>Hits of all of Ruby's caches of this level: l1d or l2.</summary>
    public ulong RubyHits(string level) => Sum(Ruby(level), "cache.m_demand_hits");

    public ulong RubyMisses(string level) => Sum(Ruby(level), "cache.m_demand_misses");

    private static string Ruby(string level) => "board.cache_hierarchy.ruby_system."
        + (level == "l1d" ? "l1_controllers" : "l2_controllers");

    // gem5's overall figures leave out read-modify-writes.
    private ulong Counted(string cache, string what) =>
        Sum("board.cache_hierarchy." + cache, $".overall{what}::total")
        + Sum("board.cache_hierarchy." + cache, $".SwapReq.{what.ToLowerInvariant()}::total");
}
