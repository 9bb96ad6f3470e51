namespace Dilaton.Cli;

/// <summary>Words of the talk between a front and its agents.</summary>
internal static class HostWord
{
    /// <summary>Agent, first: <see cref="HostHello"/>.</summary>
    public const string Hello = "hello";

    /// <summary>Front, the answer: a line for each file that must be the same there.</summary>
    public const string Welcome = "welcome";

    /// <summary>Front, the answer to an agent that does not fit: why.</summary>
    public const string Refused = "refused";

    /// <summary>Agent: it has looked at the files; a line for each that is not the same.</summary>
    public const string Checked = "checked";

    /// <summary>Both, once a second.</summary>
    public const string Alive = "alive";

    /// <summary>Front: start this worker; its place and job.</summary>
    public const string Start = "start";

    /// <summary>Agent: the worker runs; its process id.</summary>
    public const string Started = "started";

    /// <summary>Front: a line for this worker.</summary>
    public const string Command = "command";

    /// <summary>Front: end this worker at once.</summary>
    public const string Kill = "kill";

    /// <summary>Agent: what the worker said to its front.</summary>
    public const string Line = "line";

    /// <summary>Agent: what the worker's guest wrote; the id is the worker, a space and 1 or 2.
    /// </summary>
    public const string Output = "output";

    /// <summary>Agent: the worker is gone, and all that it said was sent; its exit code.</summary>
    public const string Exit = "exit";

    /// <summary>Front: start this peer; <see cref="HostPeer"/>.</summary>
    public const string Peer = "peer";

    /// <summary>Front: force the end of this peer.</summary>
    public const string PeerKill = "peer-kill";

    /// <summary>Agent: the peer is gone; its exit code.</summary>
    public const string PeerExit = "peer-exit";

    /// <summary>Front: the run is over.</summary>
    public const string Bye = "bye";
}
