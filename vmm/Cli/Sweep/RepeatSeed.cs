using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dilaton.Cli;

/// <summary>The seed of a point's repeat. It follows from the sweep's seed and the repeat's number
/// alone, so that in one repeat all points meet the same chance (common random numbers), and their
/// differences are their own.</summary>
internal static class RepeatSeed
{
    /// <param name="repeat">From 0, which has the sweep's own seed.</param>
    public static long Of(long seed, int repeat)
    {
        if (repeat == 0)
        {
            return seed;
        }

        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes($"dilaton repeat {seed} {repeat}"));
        return BinaryPrimitives.ReadInt64BigEndian(hash) & long.MaxValue;
    }
}
