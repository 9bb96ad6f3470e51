using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>How a cluster keeps its nodes together.</summary>
public sealed record ClusterOptions
{
    public const int DefaultLatePerMille = 10;

    /// <summary>Further ahead is nobody let.</summary>
    public static VirtualDuration SlackMax => VirtualDuration.FromSeconds(1);

    public required ClusterSync Sync { get; init; }

    /// <summary>How far a node may be ahead of the slowest. `slack`: always; `adaptive`: at most;
    /// unused by the others. Below the network's lookahead it changes nothing.</summary>
    public required VirtualDuration Slack { get; init; }

    /// <summary>`adaptive`: of a thousand frames, how many may come late.</summary>
    public required int LatePerMille { get; init; }

    /// <exception cref="ConfigException">A value makes no sense.</exception>
    public void Validate()
    {
        if (Sync is ClusterSync.Slack or ClusterSync.Adaptive
            && (Slack == VirtualDuration.Zero || Slack > SlackMax))
        {
            throw new ConfigException(
                "sync.slack", $"must be above zero and at most {SlackMax}, is {Slack}");
        }

        if (Sync == ClusterSync.Adaptive && LatePerMille is < 1 or > 999)
        {
            throw new ConfigException(
                "sync.late", $"must be 1 to 999 of a thousand frames, is {LatePerMille}");
        }
    }
}
