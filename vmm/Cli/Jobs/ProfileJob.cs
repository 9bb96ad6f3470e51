using System.ComponentModel;

namespace Dilaton.Cli;

[Description("Where the node's time goes: profile.* in its folder.")]
internal sealed record ProfileJob
{
    [Description("code: instructions, cycles, misses and stall by function and source line. data: misses and "
        + "their stall also by what they missed, segments of memory and where it was allocated. none: no profile.")]
    public ProfileChoice By { get; init; }

    [Description("What each core did when, with its cycles by cause, as timeline.json in the node's folder: open it "
        + "at ui.perfetto.dev.")]
    public bool Timeline { get; init; }

    [Description("A file of the host with the program's symbols and lines, of the same build by its build-id; "
        + "null: the program itself.")]
    public string? Symbols { get; init; }
}
