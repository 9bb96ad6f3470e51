using System.Runtime.CompilerServices;

namespace Dilaton.Native;

/// <summary>What a path does to the latest loads that the general registers and the status flags come
/// from: only of those that are not as the path found them.</summary>
public struct ProducerFlow
{
    /// <summary>The sixteen general registers and, behind them, the status flags.</summary>
    public const int Names = 17;
    public const int Flags = 16;

    /// <summary>A bit for each name that comes from a load of the path.</summary>
    public int Loaded;

    /// <summary>Likewise: from what the path found, or from no load.</summary>
    public int Derived;
    private Offsets _offsets;
    private Masks _found;

    /// <summary>Units from the head of the block to the load.</summary>
    public readonly uint OffsetOf(int name) => _offsets[name];

    /// <summary>The registers, as the path found them, that a derived name comes from.</summary>
    public readonly ushort FoundOf(int name) => _found[name];

    public void SetLoad(int name, uint offsetUnits)
    {
        Loaded |= 1 << name;
        _offsets[name] = offsetUnits;
    }

    public void SetFound(int name, ushort registers)
    {
        Derived |= 1 << name;
        _found[name] = registers;
    }

    [InlineArray(Names)]
    private struct Offsets
    {
        private uint _first;
    }

    [InlineArray(Names)]
    private struct Masks
    {
        private ushort _first;
    }
}
