using System.Numerics;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Follows a vCPU's general registers and flags from block to block, so that each access knows the latest
/// load that its address comes from. What comes through memory or vector registers is not followed. One
/// per vCPU. <see cref="ProducerLoop"/> does the same, faster, with the same <see cref="Latest"/>.</summary>
internal sealed class ProducerTracker(TranslationTables tables)
{
    private readonly ulong[] _latest = new ulong[ProducerFlow.Names];
    private readonly ulong[] _next = new ulong[ProducerFlow.Names];

    /// <summary>Of each name of <see cref="ProducerFlow"/> the latest load that it comes from; 0: none.</summary>
    public Span<ulong> Latest => _latest;

    /// <summary>Units of all slices before, plus 1, so that no load is named 0.</summary>
    public ulong SliceStart { get; private set; } = 1;

    /// <summary>The slice that ends now has taken so many units.</summary>
    public void BeginSlice(ulong lastUnits) => SliceStart += lastUnits;

    /// <summary>Units from the instruction of the producer to that of the access; 0 if none. HOT: per
    /// access.</summary>
    /// <param name="index">The access's template.</param>
    /// <param name="units">Of the slice when the block began.</param>
    public uint DistanceOf(int index, ulong units)
    {
        ref readonly AccessTemplate template = ref tables.Templates[index];
        ulong at = SliceStart + units;
        ulong producer = template.Producer > 0
            ? at + tables.Templates[index - template.Producer].OffsetUnits
            : LatestOf(template.ProducerRegisters);
        return Distance(producer, at + template.OffsetUnits);
    }

    /// <summary>Units from the load that a branch's flags come from to the branch; 0 if none. HOT: per
    /// branch.</summary>
    /// <param name="firstTemplate">Of the branch's block.</param>
    public uint DistanceOf(in BranchSite branch, int firstTemplate, ulong units)
    {
        ulong at = SliceStart + units;
        return Distance(ProducerOf(branch.Flags, firstTemplate, at), at + branch.OffsetUnits);
    }

    /// <summary>A path has been taken to its end. HOT: per path.</summary>
    public void Finish(int number, ulong units)
    {
        ref readonly ProducerFlow flow = ref tables.Flow(number);
        _latest.CopyTo(_next, 0);
        for (int i = 0; i < ProducerFlow.Names; i++)
        {
            if ((flow.Loaded & (1 << i)) != 0)
            {
                _next[i] = SliceStart + units + flow.OffsetOf(i);
            }
            else if ((flow.Derived & (1 << i)) != 0)
            {
                _next[i] = LatestOf(flow.FoundOf(i));
            }
        }

        _next.CopyTo(_latest, 0);
    }

    private static uint Distance(ulong producer, ulong name) =>
        producer == 0 ? 0 : (uint)Math.Min(uint.MaxValue, name - producer);

    private ulong ProducerOf(in FlagsOrigin flags, int firstTemplate, ulong at) => flags.Template >= 0
        ? at + tables.Templates[firstTemplate + flags.Template].OffsetUnits
        : flags.IsFound ? _latest[ProducerFlow.Flags] : LatestOf(flags.Found);

    private ulong LatestOf(int registers)
    {
        ulong latest = 0;
        for (; registers != 0; registers &= registers - 1)
        {
            latest = Math.Max(latest, _latest[BitOperations.TrailingZeroCount(registers)]);
        }

        return latest;
    }
}
