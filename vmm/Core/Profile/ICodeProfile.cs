namespace Dilaton.Core;

/// <summary>Who wants to know at which places of the code instructions ran. With one, an engine also
/// tells of each memory record where it was made. Called on the node's thread.</summary>
public interface ICodeProfile
{
    /// <summary>Number of an instruction's place, above 0. Asked when code is translated.</summary>
    int PlaceOf(IGuestAddressSpace space, ulong rip);

    /// <summary>These ran, in program order. HOT: per path of a block.</summary>
    void Ran(VcpuId vcpu, ReadOnlySpan<PlaceCost> instructions);

    /// <summary>An instruction spent so many units on accesses, and faulted.</summary>
    void Spent(int place, uint units);
}
