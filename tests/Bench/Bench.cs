namespace Dilaton.Tests.Bench;

/// <summary>Measures every program in every mode: native, mode, native, mode, so that what the
/// machine does meanwhile hits both halves of a pair.</summary>
internal sealed class Bench(BenchPaths paths, Meter meter, BenchOptions options, TextWriter log)
{
    private const int StartUpRuns = 5;
    private const int BaseRuns = 3;

    // A native run below this share of the full size is too short to be timed; work is
    // proportional to size, so a larger one stands in.
    private const double NativeShareMin = 0.02;

    // Differences below this are noise of the clock and of start-up.
    private const double SecondsMin = 0.015;

    public BenchResult Run()
    {
        IReadOnlyList<string> before = Machine.Describe(paths);
        Mode[] modes = [.. Modes.All(paths).Where(m => Chosen(options.Modes, m.Name) && Is(m))];
        Workload[] programs = [.. Workloads.All(paths).Where(w =>
            Chosen(options.Programs, w.Name) && File.Exists(w.Program))];
        var hello = new Workload("hello", paths.Static("hello"), _ => [], 0);
        var native = new Mode("native", "native", 1, 1, (w, a) => [w.Program, .. a], "");
        var startUps = new List<StartUp> { MeasureStartUp(native, hello) };
        var measurements = new List<Measurement>();
        foreach (Mode mode in modes)
        {
            StartUp own = MeasureStartUp(mode, hello);
            startUps.Add(own);
            log.WriteLine($"{mode.Name}: hello {own.CpuSeconds:F3} s CPU, {own.PeakKib} KiB");
            foreach (Workload program in programs.Where(p => !mode.Skips.ContainsKey(p.Name)))
            {
                Measurement m = Measure(program, mode);
                measurements.Add(m);
                log.WriteLine($"{mode.Name} {program.Name}: {m.Median:F2} [native "
                    + $"{m.NativeSeconds:F2} s, pairs {string.Join(' ', m.Ratios.Select(
                        r => r.ToString("F2")))}] {m.Failure}");
            }
        }

        return new BenchResult(modes, programs, startUps, measurements,
            [.. before, $"load average at the end: {Machine.Load()}"]);
    }

    private static bool Chosen(IReadOnlyList<string> names, string name) =>
        names.Count == 0 || names.Contains(name);

    private bool Is(Mode mode)
    {
        if (mode.Needs.Length == 0 || File.Exists(mode.Needs))
        {
            return true;
        }

        log.WriteLine($"{mode.Name}: left out, {mode.Needs} is missing");
        return false;
    }

    private StartUp MeasureStartUp(Mode mode, Workload hello)
    {
        var samples = Enumerable.Range(0, StartUpRuns)
            .Select(_ => meter.Run(mode.Command(hello, []))).ToList();
        if (samples.FirstOrDefault(s => s.Failure.Length > 0) is { } bad)
        {
            log.WriteLine($"{mode.Name} hello: {bad.Failure}");
        }

        return new StartUp(mode.Name, Figures.Median(samples.Select(s => s.CpuSeconds)),
            Figures.Median(samples.Select(s => s.WallSeconds)),
            (long)Figures.Median(samples.Select(s => (double)s.PeakKib)));
    }

    // What start-up, translation and the program's own preparation cost is measured by a run of
    // (nearly) no work and taken off both sides.
    private Measurement Measure(Workload program, Mode mode)
    {
        IReadOnlyList<string> nothing = program.Arguments(0);
        double bare = Base([program.Program, .. nothing]);
        double own = Base(mode.Command(program, nothing));
        double share = mode.Share * options.Scale;
        long units = program.Units(share);
        long nativeUnits = program.Units(Math.Max(share, NativeShareMin));
        IReadOnlyList<string> arguments = program.Arguments(units);
        IReadOnlyList<string> nativeArguments = program.Arguments(nativeUnits);
        var ratios = new List<double>();
        var natives = new List<double>();
        string failure = "";
        for (int i = 0; i < Math.Min(options.Pairs, mode.PairsMax) && failure.Length == 0; i++)
        {
            Sample native = meter.Run([program.Program, .. nativeArguments]);
            Sample run = meter.Run(mode.Command(program, arguments));
            failure = native.Failure.Length > 0 ? "native: " + native.Failure : run.Failure;
            if (failure.Length == 0 && units == nativeUnits && native.Output != run.Output)
            {
                failure = "output differs from native";
            }

            if (failure.Length == 0)
            {
                natives.Add(native.CpuSeconds);
                double work = native.CpuSeconds - bare;
                double cost = run.CpuSeconds - own;
                failure = work < SecondsMin || cost < SecondsMin
                    ? "too short to be measured at this scale"
                    : "";
                ratios.Add(cost * nativeUnits / (work * units));
            }
        }

        return new Measurement(program.Name, mode.Name, ratios, Figures.Median(natives), failure);
    }

    private double Base(IReadOnlyList<string> command) => Figures.Median(
        Enumerable.Range(0, BaseRuns).Select(_ => meter.Run(command).CpuSeconds));
}
