namespace Dilaton.Core;

/// <summary>The 64 GiB of a worker's address space that one guest and its engine have: number
/// <see cref="Index"/> begins at that many times 64 GiB. <see cref="GuestLayout"/> says where things
/// lie from its start on.
/// <code>
/// 0x0000_0000_0000  window 0: programs at fixed addresses, and the first node
/// 0x0010_0000_0000  window 1
///   ...
/// 0x5000_0000_0000  behind the last: the host process's own image, heap, libraries and stacks
/// </code></summary>
public readonly record struct AddressWindow
{
    /// <summary>How many there are. Linux loads the host's own image at two thirds of the 47 bits
    /// that user space has, and everything else above it.</summary>
    public const int CountMax = 1280;

    private const int Shift = 36;

    public AddressWindow(int index)
    {
        Invariant.Require(index is >= 0 and < CountMax);
        Index = index;
    }

    /// <summary>Where a program at fixed addresses must be.</summary>
    public static AddressWindow First => default;

    public int Index { get; }

    public bool IsFirst => Index == 0;

    public ulong Start => (ulong)Index << Shift;

    public ulong End => Start + GuestLayout.WindowSizeBytes;

    /// <summary>The upper half of every address of guest code and of the engine's.</summary>
    public int UpperHalf => Index << (Shift - 32);

    public ulong LowestAddress => Start + GuestLayout.LowestAddress;

    public ulong PositionIndependentImage => Start + GuestLayout.PositionIndependentImage;

    public ulong ModulesStart => Start + GuestLayout.ModulesStart;

    public ulong ModulesEnd => Start + GuestLayout.ModulesEnd;

    public ulong EngineStart => Start + GuestLayout.EngineStart;

    public ulong CodeEnd => Start + GuestLayout.CodeEnd;

    public ulong EngineEnd => Start + GuestLayout.EngineEnd;

    public ulong AnonymousStart => Start + GuestLayout.AnonymousStart;

    public ulong AnonymousEnd => Start + GuestLayout.AnonymousEnd;

    public ulong StackTop => Start + GuestLayout.StackTop;

    /// <summary>The window of the node with this number in its job, wherever it runs: two nodes
    /// that are less than <see cref="CountMax"/> apart have different ones.</summary>
    public static AddressWindow OfNode(int node) => new(node % CountMax);

    public bool Contains(ulong address) => address - Start < GuestLayout.WindowSizeBytes;

    /// <summary>Guest code may lie there, and nothing else of the guest's that the engine watches.
    /// </summary>
    public bool MayHoldCode(ulong address) => address - Start < GuestLayout.EngineStart;
}
