using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("A host that runs a part of the job.")]
internal sealed record HostJob
{
    [Description("Name of the host, by which nodes and peers refer to it: letters, digits, '_', '.' "
        + "and '-'.")]
    public required string Name { get; init; }

    [Description("Where the other hosts reach it: an address of IPv4, or a name that stands for one; "
        + "null: its name is that.")]
    public string? Address { get; init; }

    [Description("What starts Dilaton there: ssh; srun: this host's part of a heterogeneous job of "
        + "Slurm; none: you do, with the command that is printed; or a command with {command} (as "
        + "words) or {quoted} (as one word for a shell), and {name}, {address} and {index}. The "
        + "first host is here: null. For the others null is ssh.")]
    public string? Launch { get; init; }

    [Description("The program dilaton there; null: the same path as here.")]
    public string? Program { get; init; }

    [Description("Host time within which it must come; 1s to 24h.")]
    public VirtualDuration Timeout { get; init; } = VirtualDuration.FromSeconds(60);
}
