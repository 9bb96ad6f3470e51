using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Where a node stands in its job: what the part of the job that its worker gets does not
/// tell.</summary>
/// <param name="Index">Its number among all nodes.</param>
/// <param name="Count">How many nodes there are.</param>
/// <param name="Path">Key path of the node in the job as given, for messages.</param>
/// <param name="Folder">The folder for the node's own files, absolute.</param>
/// <param name="Cluster">Null: it is in no network.</param>
/// <param name="Keys">Of a job on several hosts, with which its TCP is encrypted; else null.</param>
internal sealed record NodePlace(
    int Index,
    int Count,
    string Path,
    string Folder,
    ClusterPlace? Cluster = null,
    CurveKeys? Keys = null)
{
    /// <summary>What was said to the node in a run that is played back, in its order.</summary>
    public IReadOnlyList<ForetoldTdf> Foretold { get; init; } = [];

    /// <summary>Where it waits for a debugger; null: it does not.</summary>
    public string? Gdb { get; init; }
}
