using System.ComponentModel;

namespace Dilaton.Cli;

[Description("An SST configuration in the job itself, instead of config.")]
internal sealed record PeerGraphJob
{
    [Description("The components; one of them is of Dilaton's own library, such as dilaton.Vcpus.")]
    public IReadOnlyList<GraphComponentJob> Components { get; init; } = [];

    [Description("The links between ports.")]
    public IReadOnlyList<GraphLinkJob> Links { get; init; } = [];
}
