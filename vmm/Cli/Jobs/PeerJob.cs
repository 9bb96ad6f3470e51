using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("A simulator or other program that times what a node asks it.")]
internal sealed record PeerJob
{
    public static readonly VirtualDuration MinLatencyStandard = VirtualDuration.FromNanoseconds(1);

    [Description("Name of the peer, by which nodes refer to it: letters, digits, '_' and '-'.")]
    public required string Name { get; init; }

    [Description("command: a program that speaks the protocol. sst: an SST simulation with our "
        + "component in it. gem5: a gem5 configuration with our object in it. manual: started by "
        + "hand, from the endpoint that is printed. replay: a recording answers, and must be asked "
        + "what it was asked then.")]
    public required PeerKind Kind { get; init; }

    [Description("sst: the SDL file (Python or JSON); gem5: the configuration script; replay: the "
        + "recording.")]
    public string? Config { get; init; }

    [Description("sst: the configuration itself, instead of config: components and links.")]
    public PeerGraphJob? Graph { get; init; }

    [Description("The program that is started, as PATH finds it. Left out: sst, gem5.opt.")]
    public string? Program { get; init; }

    [Description("Its arguments; those of the SDL file or script for sst and gem5.")]
    public IReadOnlyList<string> Args { get; init; } = [];

    [Description("sst: MPI ranks of the simulation, started by OpenMPI's mpirun on the peer's host; 1: "
        + "one process, without mpirun. Results are the same as far as SST's are.")]
    public int Ranks { get; init; } = 1;

    [Description("File to which all messages with the peer are recorded; null: none.")]
    public string? Record { get; init; }

    [Description("The least time from a request to its answer; the peer is found out if one comes "
        + "sooner. The closer, the better several cores are ordered within an interval.")]
    public VirtualDuration MinLatency { get; init; } = MinLatencyStandard;

    [Description("Host time after which a peer that does not get on is taken for hung.")]
    public VirtualDuration Timeout { get; init; } = VirtualDuration.FromMilliseconds(60_000);

    [Description("Where worker and peer meet: null for a socket file of Dilaton's own, or "
        + "tcp://127.0.0.1:PORT.")]
    public string? Endpoint { get; init; }

    [Description("auto: messages go through shared memory if the peer can do that and the endpoint "
        + "is a socket file; off: through the socket. Results are the same.")]
    public RingChoice Ring { get; init; }

    [Description("Which of hosts runs it; null: that of the node that it serves.")]
    public string? Host { get; init; }
}
