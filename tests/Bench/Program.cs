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

        if (arguments is [string one] && Parts(one))
        {
            return 0;
        }

        if (arguments is ["--kvm"])
        {
            return KvmSpeed.Run(BenchPaths.Find(), Console.Out);
        }

        if (arguments is [string other] && Comparison(other) is { } code)
        {
            return code;
        }

        if (arguments is [RoundTrips.EchoOption, string endpoint, string ring])
        {
            RoundTrips.Echo(endpoint, ring);
            return 0;
        }

        BenchOptions? options = BenchOptions.Parse(arguments, Console.Error);
        if (options is null)
        {
            return 2;
        }

        var paths = BenchPaths.Find();
        string[] unknown =
        [
            .. options.Modes.Except(Modes.All(paths).Select(m => m.Name)),
            .. options.Programs.Except(Workloads.All(paths).Select(w => w.Name)),
        ];
        if (unknown.Length > 0)
        {
            Console.Error.WriteLine($"bench: no such mode or program: {string.Join(", ", unknown)}");
            Console.Error.WriteLine(
                $"modes: {string.Join(", ", Modes.All(paths).Select(m => m.Name))}");
            Console.Error.WriteLine(
                $"programs: {string.Join(", ", Workloads.All(paths).Select(w => w.Name))}");
            return 2;
        }

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

    /// <summary>Measures whole runs.</summary>
    /// <returns>The exit code; null if there is no such option.</returns>
    private static int? Comparison(string option) => option switch
    {
        "--back-ends" => BackEnds.Run(BenchPaths.Find(), Console.Error),
        "--spawns" => SpawnCost.Run(BenchPaths.Find(), Console.Out),
        "--slack" => SlackCurve.Run(BenchPaths.Find(), Console.Error),
        _ => null,
    };

    /// <summary>Measures a part of the product by itself.</summary>
    private static bool Parts(string option)
    {
        switch (option)
        {
            case "--hooks":
                HookSpeed.Run(Console.Out);
                return true;
            case "--models":
                ModelSpeed.Run(Console.Out);
                return true;
            case "--network":
                NetworkSpeed.Run(Console.Out);
                return true;
            case "--rounds":
                RoundSpeed.Run(Console.Out);
                return true;
            case "--wire":
                WireSpeed.Run(Console.Out);
                RoundTrips.Run(Console.Out);
                return true;
            default:
                return false;
        }
    }
}
