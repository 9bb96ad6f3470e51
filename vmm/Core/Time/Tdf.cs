namespace Dilaton.Core;

/// <summary>Time dilation factor, an input (Gupta et al., NSDI 2006): with TDF 10 the physical
/// world seems ten times faster to the guest. The measured quotient host time / virtual time is
/// called slowdown, never TDF.</summary>
public readonly record struct Tdf(Ratio Factor)
{
    public static Tdf One => new(Ratio.One);

    public override string ToString() => Factor.ToString();
}
