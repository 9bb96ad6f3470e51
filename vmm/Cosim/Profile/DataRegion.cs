using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A kind of memory that misses are told by.</summary>
/// <param name="Kind">text, data, read-only, bss, heap, stack, anonymous, window, allocation.</param>
/// <param name="File">Guest path; null: it is of no file.</param>
/// <param name="Place">Of kind allocation: the number of the place that asked for it; else 0.</param>
public readonly record struct DataRegion(string Kind, string? File, int Place)
{
    public const string Allocation = "allocation";

    /// <summary>What an address belongs to.</summary>
    public static DataRegion Of(IGuestAddressSpace space, ulong address)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (!space.TryFindMapping(address, out GuestMapping mapping))
        {
            return new DataRegion("unmapped", null, 0);
        }

        return mapping.Kind switch
        {
            GuestMappingKind.File when mapping.IsCode => new DataRegion("text", mapping.File, 0),
            GuestMappingKind.File when mapping.IsWritable => new DataRegion("data", mapping.File, 0),
            GuestMappingKind.File => new DataRegion("read-only", mapping.File, 0),
            GuestMappingKind.Heap => new DataRegion("heap", null, 0),
            GuestMappingKind.Stack => new DataRegion("stack", null, 0),
            GuestMappingKind.Window => new DataRegion("window", mapping.File, 0),
            _ => Anonymous(space, mapping),
        };
    }

    /// <summary>The loader puts what is zero at first right behind a file's data.</summary>
    private static DataRegion Anonymous(IGuestAddressSpace space, in GuestMapping mapping) =>
        space.TryFindMapping(mapping.Start - 1, out GuestMapping before)
            && before is { Kind: GuestMappingKind.File, IsWritable: true }
            ? new DataRegion("bss", before.File, 0)
            : new DataRegion("anonymous", null, 0);
}
