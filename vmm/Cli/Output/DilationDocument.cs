using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A change of the time dilation factor.")]
internal sealed record DilationDocument
{
    [Description("Virtual time from which on it held, in picoseconds.")]
    public required ulong VirtualTimePs { get; init; }

    [Description("The factor, such as 2.5 or 5/3.")]
    public required string Tdf { get; init; }
}
