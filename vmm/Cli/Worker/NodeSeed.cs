namespace Dilaton.Cli;

/// <summary>The seed of a node's random streams: the job's own for the first node, and for the
/// others one that has nothing to do with it.</summary>
internal static class NodeSeed
{
    public static ulong Of(long seed, int node) =>
        node == 0 ? (ulong)seed : Mix((ulong)seed ^ Mix((ulong)node));

    /// <summary>David Stafford's variant 13 of MurmurHash3's finalizer: one to one, and near seeds
    /// come out far apart.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
