using System.Globalization;

namespace Dilaton.Tests.Bench;

/// <summary>What to measure and how long.</summary>
internal sealed record BenchOptions
{
    public const string Help = """
        usage: ./test bench [--scale S] [--pairs N] [--programs A,B] [--modes A,B] [--no-write]
               ./test bench --models        CPU time per access of our cache model
               ./test bench --wire          CPU time per record of the wire's codec, round trips
               ./test bench --network       CPU time per frame of our networks
               ./test bench --rounds        CPU time per round of grants among nodes
               ./test bench --hooks         time to hand an exit to hooks
               ./test bench --kvm           our KVM engine against the least of a VMM in C
               ./test bench --spawns        CPU time of a fork and exec in a guest
               ./test bench --slack         speed and error of nodes that run apart; writes
               ./test bench --back-ends     speed with each thing that can time the memory; writes

          --scale S     size of every run; 1 is at least 2 s of native CPU time where a mode has a
                        share of 1 (default 1)
          --pairs N     interleaved repetitions of every program and mode (default 5)
          --programs    only these; the table is then printed and not written
          --modes       only these; the table is then printed and not written
          --limit S     seconds after which a run is given up (default 900)
          --no-write    print the table, leave docs/performance.md alone
          --write       write it even when --programs or --modes is given
        """;

    public double Scale { get; init; } = 1;

    public int Pairs { get; init; } = 5;

    public IReadOnlyList<string> Programs { get; init; } = [];

    public IReadOnlyList<string> Modes { get; init; } = [];

    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(900);

    public bool Write { get; init; } = true;

    /// <summary>The command line that gives the same run again.</summary>
    public string Command { get; init; } = "./test bench";

    public static BenchOptions? Parse(string[] arguments, TextWriter errors)
    {
        var options = new BenchOptions
        {
            Command = string.Join(' ', ["./test bench", .. arguments]),
        };
        bool? write = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name is "--no-write" or "--write")
            {
                write = name == "--write";
                continue;
            }

            if (++i == arguments.Length || Apply(options, name, arguments[i]) is not { } next)
            {
                errors.WriteLine($"bench: {name}: no such option, or its value is wrong");
                errors.WriteLine(Help);
                return null;
            }

            options = next;
        }

        bool partial = options.Programs.Count + options.Modes.Count > 0;
        return options with { Write = write ?? !partial };
    }

    private static BenchOptions? Apply(BenchOptions options, string name, string value)
    {
        bool isNumber = double.TryParse(
            value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        return name switch
        {
            "--scale" when isNumber && number > 0 => options with { Scale = number },
            "--pairs" when isNumber && number >= 1 => options with { Pairs = (int)number },
            "--limit" when isNumber && number >= 1 =>
                options with { Limit = TimeSpan.FromSeconds(number) },
            "--programs" => options with { Programs = value.Split(',') },
            "--modes" => options with { Modes = value.Split(',') },
            _ => null,
        };
    }
}
