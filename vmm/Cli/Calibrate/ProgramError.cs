namespace Dilaton.Cli;

/// <summary>A program on the host and on the fitted machine, in nanoseconds.</summary>
/// <param name="Spread">Between the quartiles of the native repeats, as a part of their median.</param>
internal readonly record struct ProgramError(string Program, double Native, double Spread, double Virtual)
{
    /// <summary>As a part of the native time; above 0: the machine is slower than the host.</summary>
    public double Error => (Virtual / Native) - 1;
}
