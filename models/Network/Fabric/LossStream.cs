using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Which frames a link loses: by its pattern, and by chance from a stream of its own, one
/// draw a frame, so that no link's losses depend on another's traffic. The generator is SplitMix64
/// (G. L. Steele, D. Lea, C. H. Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
/// </summary>
internal struct LossStream
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;

    private readonly LossPattern? _pattern;
    private readonly bool _always;

    // A draw below this is a loss.
    private readonly ulong _threshold;
    private ulong _state;
    private ulong _frame;
    private int _next;

    public LossStream(ulong seed, int link, Ratio loss, LossPattern? pattern)
    {
        UInt128 threshold = ((UInt128)loss.Numerator << 64) / loss.Denominator;
        _always = threshold > ulong.MaxValue;
        _threshold = _always ? 0 : (ulong)threshold;
        _state = Mix(seed + (Gamma * ((ulong)link + 1)));
        _pattern = pattern;
    }

    public bool TakesNext()
    {
        bool lost = _always || (_threshold != 0 && Draw() < _threshold);
        if (_pattern is not null)
        {
            lost |= IsInPattern(_pattern, _frame++);
        }

        return lost;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    private ulong Draw() => Mix(_state += Gamma);

    private bool IsInPattern(LossPattern pattern, ulong frame)
    {
        if (_next < pattern.Frames.Count && pattern.Frames[_next] == frame)
        {
            _next++;
            return true;
        }

        return pattern.Every != 0 && (frame + 1) % pattern.Every == 0;
    }
}
