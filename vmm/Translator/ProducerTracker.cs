using System.Numerics;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Follows a vCPU's general registers and flags from block to block, so that each access knows the latest
/// load that its address comes from. What comes through memory or vector registers is not followed. One
/// per vCPU.</summary>
internal sealed class ProducerTracker(TranslationTables tables)
{
    private const ulong None = ulong.MaxValue;

    private readonly ulong[] _producers = NoProducers();
    private readonly ulong[] _next = new ulong[16];
    private ulong _flags = None;
    private ulong _sliceStart;

    /// <summary>The slice that ends now has taken so many units.</summary>
    public void BeginSlice(ulong lastUnits) => _sliceStart += lastUnits;

    /// <summary>Units from the instruction of the producer to that of the access; 0 if none. HOT: per
    /// access.</summary>
    /// <param name="index">The access's template.</param>
    /// <param name="units">Of the slice when the block began.</param>
    public uint DistanceOf(int index, ulong units)
    {
        ref readonly AccessTemplate template = ref tables.Templates[index];
        ulong at = _sliceStart + units;
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
        ulong at = _sliceStart + units;
        return Distance(ProducerOf(branch.Flags, firstTemplate, at), at + branch.OffsetUnits);
    }

    /// <summary>A path has been taken to its end. HOT: per path.</summary>
    public void Finish(int number, ulong units)
    {
        ref readonly RegisterFlow flow = ref tables.Flow(number);
        int firstTemplate = tables.Paths[number].FirstTemplate;
        _flags = ProducerOf(flow.Flags, firstTemplate, _sliceStart + units);
        for (int i = 0; i < 16; i++)
        {
            _next[i] = flow.Template(i) >= 0
                ? _sliceStart + units + tables.Templates[firstTemplate + flow.Template(i)].OffsetUnits
                : LatestOf(flow.Found(i));
        }

        _next.CopyTo(_producers, 0);
    }

    private static uint Distance(ulong producer, ulong name) =>
        producer == None ? 0 : (uint)Math.Min(uint.MaxValue, name - producer);

    private ulong ProducerOf(in FlagsOrigin flags, int firstTemplate, ulong at) => flags.Template >= 0
        ? at + tables.Templates[firstTemplate + flags.Template].OffsetUnits
        : flags.IsFound ? _flags : LatestOf(flags.Found);

    private ulong LatestOf(int registers)
    {
        ulong latest = None;
        for (; registers != 0; registers &= registers - 1)
        {
            ulong producer = _producers[BitOperations.TrailingZeroCount(registers)];
            latest = latest == None || (producer != None && producer > latest) ? producer : latest;
        }

        return latest;
    }

    private static ulong[] NoProducers()
    {
        var none = new ulong[16];
        Array.Fill(none, None);
        return none;
    }
}
