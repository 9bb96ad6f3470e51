using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A program guest: an unmodified Linux x86-64 program, and what it may touch.")]
internal sealed record GuestJob
{
    [Description("What is run.")]
    public required ProgramJob Program { get; init; }

    [Description("Folders of the host that the guest may use; the longest matching path decides. "
        + "Left out: everything to read, the working folder to write.")]
    public IReadOnlyList<GrantJob> Files { get; init; } = [];
}
