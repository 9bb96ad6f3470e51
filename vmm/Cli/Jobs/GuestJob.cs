using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A program guest: an unmodified Linux x86-64 program, and what it may touch.")]
internal sealed record GuestJob
{
    [Description("What is run.")]
    public required ProgramJob Program { get; init; }

    [Description("Folders of the host that the guest may use; the longest matching path decides. "
        + "Left out: everything to read, and to write the working folder if the job has one "
        + "node.")]
    public IReadOnlyList<GrantJob> Files { get; init; } = [];
}
