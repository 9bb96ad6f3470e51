using System.Numerics;

namespace Dilaton.Models.Memory;

/// <summary>Takes a line's address apart by a mapping.</summary>
internal sealed class AddressDecoder
{
    private readonly int _lineShift;
    private readonly (int Field, int Bits)[] _parts;
    private readonly bool _hashes;
    private readonly int _bankBits;
    private readonly int _groupBits;

    public AddressDecoder(BankedDramOptions options)
    {
        _lineShift = BitOperations.Log2((uint)options.LineSizeBytes);
        _groupBits = BitOperations.Log2((uint)options.Groups);
        _bankBits = BitOperations.Log2((uint)options.BanksPerGroup);
        _hashes = options.BankHash;
        Dictionary<string, (int, int)> fields = new(StringComparer.Ordinal)
        {
            ["Ch"] = (0, BitOperations.Log2((uint)options.Channels)),
            ["Ra"] = (1, BitOperations.Log2((uint)options.Ranks)),
            ["Bg"] = (2, _groupBits),
            ["Ba"] = (3, _bankBits),
            ["Co"] = (4, BitOperations.Log2((uint)options.LinesPerRow)),
        };
        _parts = [.. options.Mapping.Fields.Skip(1).Reverse().Select(name => fields[name])];
    }

    /// <summary>HOT: per request.</summary>
    public DramAddress Decode(ulong line)
    {
        ulong rest = line >> _lineShift;
        Span<int> values = stackalloc int[5];
        foreach ((int field, int bits) in _parts)
        {
            values[field] = (int)(rest & ((1UL << bits) - 1));
            rest >>= bits;
        }

        if (_hashes)
        {
            values[3] ^= (int)(rest & ((1UL << _bankBits) - 1));
            values[2] ^= (int)((rest >> _bankBits) & ((1UL << _groupBits) - 1));
        }

        return new DramAddress(values[0], values[1], values[2], values[3], rest);
    }
}
