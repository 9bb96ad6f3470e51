using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>A network of links and switches.</summary>
public sealed record NetworkOptions
{
    public static readonly VirtualDuration ForwardingLatencyMax = VirtualDuration.FromSeconds(1);

    public required TopologyOptions Topology { get; init; }

    /// <summary>Between a node and its switch, both ways.</summary>
    public required LinkOptions Host { get; init; }

    /// <summary>Between switches.</summary>
    public required LinkOptions Fabric { get; init; }

    /// <summary>Between the groups of a dragonfly.</summary>
    public required LinkOptions Global { get; init; }

    /// <summary>Links that are different, by name as in the statistics: <c>node0.up</c>.</summary>
    public required IReadOnlyDictionary<string, LinkOptions> Links { get; init; }

    /// <summary>From a frame's last bit coming to a switch to its standing at the output.</summary>
    public required VirtualDuration ForwardingLatency { get; init; }

    /// <summary>The job's; each link draws its losses from a stream of its own.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Of all links, in the order of their numbers; of a shape that was checked.</summary>
    public IReadOnlyList<string> LinkNames(int portCount) =>
        [.. Topology.Build(portCount).Links.Select(link => link.Name)];

    /// <summary>Adds every mistake in these options for so many nodes.</summary>
    public void Check(string key, int portCount, List<ConfigException> problems)
    {
        int before = problems.Count;
        Topology.Check($"{key}.topology", portCount, problems);
        bool hasShape = problems.Count == before;
        Host.Check($"{key}.host", problems);
        Fabric.Check($"{key}.fabric", problems);
        Global.Check($"{key}.global", problems);
        if (ForwardingLatency > ForwardingLatencyMax)
        {
            problems.Add(new ConfigException($"{key}.forwarding_latency",
                $"{ForwardingLatency} is not in 0ps..{ForwardingLatencyMax}"));
        }

        HashSet<string> names = hasShape && Links.Count > 0 ? [.. LinkNames(portCount)] : [];
        foreach ((string name, LinkOptions link) in Links.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            link.Check($"{key}.links.{name}", problems);
            if (hasShape && !names.Contains(name))
            {
                problems.Add(new ConfigException(
                    $"{key}.links.{name}", "this topology has no such link"));
            }
        }
    }

    internal LinkOptions Of(LinkPlan plan) =>
        Links.TryGetValue(plan.Name, out LinkOptions? own)
            ? own
            : plan.Kind switch
            {
                LinkKind.Host => Host,
                LinkKind.Fabric => Fabric,
                _ => Global,
            };
}
