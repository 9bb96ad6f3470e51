namespace Dilaton.Protocol;

/// <summary>Sizes beyond which a message is refused before it is decoded.</summary>
public static class ProtocolLimits
{
    public const uint Version = 1;
    public const ulong TicksPerSecond = 1_000_000_000_000;
    public const int HeaderBytesMax = 1 << 20;
    public const int PayloadBytesMax = 256 << 20;

    /// <summary>What lies further back in the program is never in the window.</summary>
    public const ulong WindowUnitsMax = uint.MaxValue;

    /// <summary>Frames of a message: header and payload.</summary>
    public const int FramesMax = 2;
}
