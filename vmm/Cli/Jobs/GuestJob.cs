using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A guest: an unmodified Linux x86-64 program and what it may touch, or a whole system.")]
internal sealed record GuestJob
{
    [Description("The program that is run; or give system.")]
    public ProgramJob Program { get; init; } = new() { Path = "" };

    [Description("The system that is booted, by engine: kvm; null: the guest is a program.")]
    public SystemJob? System { get; init; }

    [Description("Folders of the host that the guest may use; the longest matching path decides. "
        + "Left out: everything to read, and to write the working folder if the job has one "
        + "node.")]
    public IReadOnlyList<GrantJob> Files { get; init; } = [];
}
