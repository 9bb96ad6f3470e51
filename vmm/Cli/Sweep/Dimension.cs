namespace Dilaton.Cli;

/// <summary>Of what a number in a condition is: powers of picosecond, byte and cycle. A rate is a
/// number by time.</summary>
internal readonly record struct Dimension(int Time, int Bytes, int Cycles)
{
    public static Dimension None => default;

    public static Dimension operator +(Dimension a, Dimension b) =>
        new(a.Time + b.Time, a.Bytes + b.Bytes, a.Cycles + b.Cycles);

    public static Dimension operator -(Dimension a, Dimension b) =>
        new(a.Time - b.Time, a.Bytes - b.Bytes, a.Cycles - b.Cycles);

    /// <summary>For messages.</summary>
    public override string ToString() => (Time, Bytes, Cycles) switch
    {
        (0, 0, 0) => "a plain number",
        (1, 0, 0) => "a time",
        (-1, 0, 0) => "a frequency",
        (0, 1, 0) => "a size",
        (-1, 1, 0) => "a bandwidth",
        (0, 0, 1) => "cycles",
        _ => "a product of units",
    };
}
