using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("The switches of the network.")]
internal sealed record SwitchJob
{
    [Description("From a frame's last bit coming in to its standing at the output.")]
    public VirtualDuration Latency { get; init; } = VirtualDuration.FromNanoseconds(500);
}
