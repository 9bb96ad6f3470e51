using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Frames that a host sent no further, by reason.</summary>
internal sealed class OverlayDrops
{
    /// <summary>No route was for it.</summary>
    public ulong Unmatched { get; set; }

    /// <summary>The only way was the one it came by.</summary>
    public ulong Returned { get; set; }

    /// <summary>It had crossed as many edges as it may.</summary>
    public ulong Expired { get; set; }

    /// <summary>Another copy had come to the host before.</summary>
    public ulong Duplicates { get; set; }

    /// <summary>Its edge had been taken away.</summary>
    public ulong Cut { get; set; }

    public ulong All => Unmatched + Returned + Expired + Duplicates + Cut;

    public void Collect(StatisticsList list, string prefix)
    {
        list.Count($"{prefix}unmatched", Unmatched, "Count", "frames that no route was for");
        list.Count($"{prefix}returned", Returned, "Count",
            "frames whose only way was the one they came by");
        list.Count($"{prefix}expired", Expired, "Count", "frames at the limit of their hops");
        list.Count($"{prefix}duplicates", Duplicates, "Count",
            "frames of which a copy had come before");
        list.Count($"{prefix}cut", Cut, "Count", "frames to a link that was taken away");
    }
}
