using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A subcomponent in a slot.")]
internal sealed record GraphSlotJob
{
    [Description("The slot, such as backend; memory[1] for its second place; lowlink.linkcontrol "
        + "for a slot of what fills another, which stands before it.")]
    public required string Slot { get; init; }

    [Description("library.element, such as memHierarchy.simpleMem.")]
    public required string Type { get; init; }

    [Description("Its parameters.")]
    public IReadOnlyDictionary<string, string> Params { get; init; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal);
}
