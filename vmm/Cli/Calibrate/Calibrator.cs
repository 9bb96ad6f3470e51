namespace Dilaton.Cli;

/// <summary>Fits a machine to this host: caches, memory and width by micro-benchmarks, then the CPI by programs,
/// here and natively; and compares both on programs that nothing was fitted to.</summary>
internal sealed class Calibrator(LawBench bench, CoreModelKind kind, int repeats)
{
    private const double HighCpi = 1;
    private const string Keys = "kernel: ideal\nevents: {level: full}";

    // With an out-of-order core, time is not quite linear in the CPI: the line is drawn again near its answer.
    private const int Rounds = 2;
    private const double Near = 0.8;

    private readonly Dictionary<string, NativeSample> _native = [];
    private readonly Dictionary<string, string> _files = [];

    /// <exception cref="CalibrationException">There is no compiler, or a program does not run here.</exception>
    /// <exception cref="LawRunException">A run in Dilaton failed, or was stopped.</exception>
    /// <exception cref="InvalidOperationException">The measurements make no machine.</exception>
    public CalibrationResult Run()
    {
        bench.Tell("compiling");
        string[] programs = [.. CalibrationPrograms.Fitted, .. CalibrationPrograms.HeldOut];
        GuestCompiler compiler = new(Directory.CreateDirectory(Path.Combine(bench.Folder, "native")).FullName);
        string micro = compiler.Compile(CalibrationPrograms.Micro);
        foreach (string program in programs)
        {
            _files[program] = compiler.Compile(program);
        }

        NativeBench native = new(micro, repeats);
        HostSamples samples = native.Measure(what => Tell($"this host: {what}"));
        Tell("this host: programs");
        foreach (string program in programs)
        {
            _native[program] = native.Run(_files[program]);
        }

        FittedMachine machine = FitCpi(FittedMachine.Of(samples, kind));
        Tell("the fitted machine");
        return new CalibrationResult
        {
            Samples = samples,
            Machine = machine,
            Fitted = [.. CalibrationPrograms.Fitted.Select(program => Compare(machine, program))],
            HeldOut = [.. CalibrationPrograms.HeldOut.Select(program => Compare(machine, program))],
        };
    }

    private FittedMachine FitCpi(FittedMachine machine)
    {
        double low = machine.LeastCpi, high = HighCpi;
        for (int round = 0; round < Rounds; round++)
        {
            Tell(FormattableString.Invariant($"fitting programs at CPI {low:0.###} and {high:0.###}"));
            FittedMachine slow = machine with { Cpi = high }, fast = machine with { Cpi = low };
            ResponsePoint[] responses =
            [
                .. CalibrationPrograms.Fitted.Select(program => new ResponsePoint(
                    program, _native[program].Nanoseconds, low, Time(fast, program), high, Time(slow, program))),
            ];
            machine = machine with { Cpi = CoreFit.Cpi(responses, machine.LeastCpi) };
            (low, high) = (Math.Max(machine.LeastCpi, machine.Cpi * Near), machine.Cpi / Near);
        }

        return machine;
    }

    private ProgramError Compare(FittedMachine machine, string program)
    {
        NativeSample sample = _native[program];
        return new ProgramError(program, sample.Nanoseconds, sample.Spread, Time(machine, program));
    }

    /// <summary>Nanoseconds of virtual time that the program measured.</summary>
    private double Time(FittedMachine machine, string program)
    {
        LawNode node = new(program, File.ReadAllBytes(_files[program]), machine.Yaml("    ").Trim());
        ulong[] said = bench.Run([node], Keys).Numbers(program);
        return said.Length == 2 && said[1] == _native[program].Sum
            ? said[0]
            : throw new LawRunException(
                ExitCode.Bug, $"{program} works out another sum in Dilaton than on the host");
    }

    private void Tell(string what)
    {
        bench.ThrowIfStopped();
        bench.Tell(what);
    }
}
