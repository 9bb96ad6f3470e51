using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A component of an SST configuration.")]
internal sealed record GraphComponentJob
{
    [Description("Its name, by which links refer to it: letters, digits, '_' and '-'.")]
    public required string Name { get; init; }

    [Description("library.element, such as memHierarchy.Cache; `dilaton sst info` lists them.")]
    public required string Type { get; init; }

    [Description("Its parameters, with their units as the element wants them.")]
    public IReadOnlyDictionary<string, string> Params { get; init; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal);

    [Description("What fills its slots.")]
    public IReadOnlyList<GraphSlotJob> Slots { get; init; } = [];
}
