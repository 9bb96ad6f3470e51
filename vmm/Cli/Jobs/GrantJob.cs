using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A folder of the host that the guest may use.")]
internal sealed record GrantJob
{
    [Description("The folder of the host; it and all below it are granted.")]
    public required string Path { get; init; }

    [Description("Where the guest sees it, an absolute path. Left out: at the same path.")]
    public string At { get; init; } = "";

    [Description("read, or write (which includes read).")]
    public GrantAccess Access { get; init; } = GrantAccess.Read;
}
