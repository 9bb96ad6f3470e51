namespace Dilaton.Cosim;

/// <summary>How nodes are kept together in virtual time.</summary>
public enum ClusterSync
{
    /// <summary>No frame comes late.</summary>
    Strict,

    /// <summary>Nodes may run further ahead of each other, by a fixed time; late frames are
    /// counted.</summary>
    Slack,

    /// <summary>As <see cref="Slack"/>; how far follows from how many frames come late.</summary>
    Adaptive,

    /// <summary>As <see cref="Slack"/>, with <see cref="ClusterOptions.SlackMax"/>.</summary>
    Free,
}
