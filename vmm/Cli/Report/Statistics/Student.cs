using MathNet.Numerics.Distributions;

namespace Dilaton.Cli;

/// <summary>The factor of every interval of a report.</summary>
internal static class Student
{
    private const double Upper = 0.975;

    /// <returns>The t that 95 % of |T| stay under.</returns>
    public static double Quantile(int degreesOfFreedom) =>
        StudentT.InvCDF(0, 1, degreesOfFreedom, Upper);
}
