using System.ComponentModel;

namespace Dilaton.Cli;

[Description("How the guest ended.")]
internal sealed record GuestDocument
{
    [Description("Its exit code; meaningless if a signal killed it.")]
    public required int ExitCode { get; init; }

    [Description("Linux number of the signal that killed it, else 0.")]
    public required int Signal { get; init; }

    [Description("For a death by signal: where, and its last system calls. Of a system: how it ended.")]
    public required string Message { get; init; }
}
