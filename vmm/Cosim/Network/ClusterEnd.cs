namespace Dilaton.Cosim;

/// <summary>Why a cluster's run ended.</summary>
public enum ClusterEnd
{
    /// <summary>Every node came to its own end.</summary>
    AllEnded,

    /// <summary>Some did, and those that were left waited for each other or for nobody, with no
    /// frame on its way. Hosts that stay up after their guest's end wait like others.</summary>
    Deadlock,

    /// <summary>Asked from outside: <see cref="ClusterCoordinator.RequestStop"/>.</summary>
    Stopped,
}
