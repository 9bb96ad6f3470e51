namespace Dilaton.Tests.Bench;

/// <summary>`./test bench`: CPU-time ratios to native, interleaved, medians; see --help.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(BenchOptions.Help);
            return 0;
        }

        if (arguments is ["--models"])
        {
            ModelSpeed.Run(Console.Out);
            return 0;
        }

        BenchOptions? options = BenchOptions.Parse(arguments, Console.Error);
        if (options is null)
        {
            return 2;
        }

        var paths = BenchPaths.Find();
        using var meter = new Meter(paths, options.Limit);
        var bench = new Bench(paths, meter, options, Console.Error);
        BenchResult result = bench.Run();
        string report = Report.Render(result, options);
        Console.WriteLine(report);
        if (options.Write)
        {
            Report.Insert(Path.Combine(paths.Root, "docs", "performance.md"), report);
            Console.Error.WriteLine("docs/performance.md is rewritten");
        }

        return result.Measurements.Any(m => m.Failure.Length > 0) ? 1 : 0;
    }
}
