using Dilaton.Cli;

namespace Dilaton.Tests.Unit;

/// <summary>A folder for a test's sweeps, gone afterwards.</summary>
internal sealed class ReportFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("dilaton-report-").FullName;

    public SweepSample Sample(string name = "tdsweep", string word = "/usr/bin/true") =>
        new(Path.Combine(Root, name)) { Word = word };

    /// <summary>A rate that follows the law over TDF 1 to 32, in three repeats, and a time.</summary>
    public SweepSample Dilation(string name = "tdsweep", double exponent = 1, double scale = 1)
    {
        SweepSample sample = Sample(name).Over("time.tdf");
        foreach (int tdf in new[] { 1, 2, 4, 8, 16, 32 })
        {
            for (int repeat = 0; repeat < 3; repeat++)
            {
                double rate = 1e6 * scale * Math.Pow(tdf, exponent) * (1 + (0.001 * (repeat - 1)));
                sample.Add(repeat, [$"{tdf}"], "ok", 1, 0.25, ("rate", rate, "B/s"), ("transfer", 1e6 / rate, "Second"));
            }
        }

        return sample.Write();
    }

    public static ReportData Load(params string[] folders) => Load(new DiagnosticBag(), folders)!;

    public static ReportData? Load(DiagnosticBag bag, params string[] folders) => ReportLoader.Load(folders, bag);

    public static ReportModel Model(params string[] folders) => new(Load(folders), null);

    public static string Page(string folder) => PageWriter.Write(Model(folder), folder);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
