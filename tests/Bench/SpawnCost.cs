using System.Globalization;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --spawns`: host CPU time of a fork and exec, and of a posix_spawn, of a small static
/// program, start-up of Dilaton taken off.</summary>
internal static class SpawnCost
{
    private const int Repetitions = 7;
    private const int Programs = 300;

    private static readonly string[] s_ways = ["fork", "spawn"];

    public static int Run(BenchPaths paths, TextWriter output)
    {
        using var meter = new Meter(paths, TimeSpan.FromMinutes(5));
        output.WriteLine("way    least ms  median ms  most ms");
        foreach (string way in s_ways)
        {
            double[] each = new double[Repetitions];
            for (int i = 0; i < Repetitions; i++)
            {
                Sample none = Measure(meter, paths, way, 0);
                Sample many = Measure(meter, paths, way, Programs);
                if (none.Failure.Length + many.Failure.Length > 0)
                {
                    output.WriteLine($"{way}: {none.Failure}{many.Failure}");
                    return 1;
                }

                each[i] = 1000 * (many.CpuSeconds - none.CpuSeconds) / Programs;
            }

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{way,-5}  {each.Min(),8:f2}  {Figures.Median(each),9:f2}  {each.Max(),7:f2}"));
        }

        return 0;
    }

    private static Sample Measure(Meter meter, BenchPaths paths, string way, int count) => meter.Run(
        [
            paths.Dilaton, "run", "-q", "--events", "off", "-o", Meter.FolderMark, "--", paths.Static("spawn"),
            count.ToString(CultureInfo.InvariantCulture), way,
        ]);
}
