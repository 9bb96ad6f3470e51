using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>A change of a node's time dilation factor that an operator made in a run that is played
/// back.</summary>
/// <param name="Known">Where the node stood then: <see cref="NodeStand.Known"/>.</param>
/// <param name="At">When it takes effect.</param>
internal sealed record ForetoldTdf(VirtualTime Known, VirtualTime At, Ratio Factor);
