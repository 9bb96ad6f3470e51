using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a window's stall may be off by, since caches saw nothing before its warm-up. What the first
/// access to a line since then found depends on what was before: it may have hit where it missed, and missed
/// where it hit. Of the stall of a window's misses the former's share is by weight; the latter weigh as much as
/// the heaviest miss so far.</summary>
internal sealed class ColdWindow
{
    private const int Less = 0;
    private const int More = 1;

    private readonly ulong[] _bounds = new ulong[2];
    private ulong _weight;
    private ulong _coldWeight;
    private ulong _sparedWeight;

    /// <summary>Lines since the warm-up began.</summary>
    public HashSet<ulong> Seen { get; } = [];

    /// <summary>Of windows, per instruction.</summary>
    public DetailBounds Bounds { get; } = new([Less], [More]);

    /// <summary>A window begins.</summary>
    public void Begin() => (_weight, _coldWeight, _sparedWeight) = (0, 0, 0);

    /// <param name="weight">Of a block's misses.</param>
    /// <param name="coldWeight">Of those of them that were a line's first access.</param>
    /// <param name="sparedWeight">What its other first accesses would weigh at most.</param>
    public void Add(ulong weight, ulong coldWeight, ulong sparedWeight)
    {
        _weight += weight;
        _coldWeight += coldWeight;
        _sparedWeight += sparedWeight;
    }

    public void End(in SampleMark window)
    {
        if (_weight == 0)
        {
            (_bounds[Less], _bounds[More]) = (0, _sparedWeight);
        }
        else
        {
            UInt128 stall = window.MissUnits;
            _bounds[Less] = (ulong)(((stall * _coldWeight) + _weight - 1) / _weight);
            _bounds[More] = (ulong)((UInt128.Max(stall, _weight) * _sparedWeight) / _weight);
        }

        Bounds.Add(_bounds, window.UnknownUnits, window.Weight);
    }

    /// <summary>A window in course is bounded from here on.</summary>
    public void ResetStatistics()
    {
        Begin();
        Bounds.Reset();
    }
}
