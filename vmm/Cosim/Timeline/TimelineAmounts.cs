namespace Dilaton.Cosim;

/// <summary>What vCPUs did in a piece of virtual time; times in picoseconds.</summary>
internal record struct TimelineAmounts(
    ulong Executed, ulong Stall, ulong Kernel, ulong Waiting, ulong Instructions)
{
    public readonly ulong Total => checked(Executed + Stall + Kernel + Waiting);

    /// <summary>Takes the first <paramref name="length"/> picoseconds off: of each part its share,
    /// rounded such that nothing is lost and the parts of what is taken make up the length.
    /// </summary>
    public TimelineAmounts TakeFirst(ulong length)
    {
        ulong total = Total;
        if (length == total)
        {
            TimelineAmounts all = this;
            this = default;
            return all;
        }

        // Share by share of what is left: each is then at most what there is of it.
        ulong left = length;
        ulong executed = Share(Executed, ref left, ref total);
        ulong stall = Share(Stall, ref left, ref total);
        ulong kernel = Share(Kernel, ref left, ref total);
        ulong instructions = Executed == 0
            ? 0
            : (ulong)((UInt128)Instructions * executed / Executed);
        TimelineAmounts taken = new(executed, stall, kernel, left, instructions);
        Executed -= executed;
        Stall -= stall;
        Kernel -= kernel;
        Waiting -= left;
        Instructions -= instructions;
        return taken;
    }

    private static ulong Share(ulong part, ref ulong length, ref ulong total)
    {
        ulong share = total == 0 ? 0 : (ulong)((UInt128)part * length / total);
        length -= share;
        total -= part;
        return share;
    }
}
