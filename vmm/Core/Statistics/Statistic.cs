namespace Dilaton.Core;

/// <summary>A named result of a run, deterministic under a deterministic engine.</summary>
/// <param name="Name">Dotted path, such as <c>node0.vcpu0.l1d.misses</c>.</param>
/// <param name="Value">A count, or the numerator of a quotient.</param>
/// <param name="Divisor">1 for a count; else the value is Value / Divisor (0 / 0 prints as nan).
/// </param>
/// <param name="Unit">gem5's words: Count, Cycle, Tick, Ratio, Byte, Second.</param>
public readonly record struct Statistic(
    string Name, UInt128 Value, UInt128 Divisor, string Unit, string Description);
