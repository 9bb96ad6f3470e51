using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Models.Network;

/// <summary>Links are the same to a frame if they are made by the same options.</summary>
internal sealed class LinkPace : IEqualityComparer<Link>
{
    public static LinkPace Same { get; } = new();

    public bool Equals(Link? x, Link? y) => ReferenceEquals(x?.Options, y?.Options);

    public int GetHashCode([DisallowNull] Link obj) =>
        obj.Options.BandwidthBitsPerSecond.GetHashCode();
}
