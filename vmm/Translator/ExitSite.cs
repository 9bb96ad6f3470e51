using Dilaton.Core;

namespace Dilaton.Translator;

/// <summary>A numbered way out of the code cache.</summary>
internal readonly record struct ExitSite
{
    public required ExitKind Kind { get; init; }

    /// <summary>Where the guest stands after the exit.</summary>
    public ulong Rip { get; init; }

    /// <summary>For a link: offset in the cache of the jump's rel32.</summary>
    public int PatchAt { get; init; }

    public BlockMode Mode { get; init; }

    /// <summary>Region mark number, or the path of an instruction that the engine does.</summary>
    public int Code { get; init; }

    public FaultVector Vector { get; init; }
}
