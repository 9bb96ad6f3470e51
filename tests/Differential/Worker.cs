using Iced.Intel;

namespace Dilaton.Tests.Differential;

internal static class Worker
{
    private const string Usage = """
        list                              encodings under test
        native SEED                       stepped against straight, each encoding
        native-blocks SEED COUNT          the same with blocks
        systematic SEED FROM TO [all|some|N]  encodings FROM to TO translated
        blocks SEED COUNT                 blocks SEED to SEED + COUNT - 1 translated
        show SEED CODE VARIANT            one case's native run
        show-block SEED                   one block's native run
        golden 0                          golden vectors translated
        coverage 0                        encodings tested and left out, with the reasons
        faults 0                          forbidden instructions translated
        vectors SEED FOLDER               makes golden vectors
        """;

    public static int Run(string[] arguments, TextWriter output)
    {
        ulong seed = arguments.Length > 1 ? ulong.Parse(arguments[1]) : 1;
        switch (arguments.Length > 0 ? arguments[0] : "")
        {
            case "native":
                return Native(seed, output);
            case "native-blocks":
                return NativeBlocks(seed, int.Parse(arguments[2]), output);
            case "systematic":
                return Systematic(
                    seed, int.Parse(arguments[2]), int.Parse(arguments[3]), arguments, output);
            case "blocks":
                return Blocks(seed, int.Parse(arguments[2]), output);
            case "show":
                return Show(
                    SystematicCases.TryMake(
                        Enum.Parse<Code>(arguments[2]), int.Parse(arguments[3]), seed)!, output);
            case "show-block":
                return Show(BlockGenerator.Make(seed), output);
            case "golden":
                return RunAll(GoldenCheck.All().Select(g => g.Test), output);
            case "faults":
                return RunAll(FaultCases.All(), output);
            case "vectors":
                VectorMaker.Write(arguments[2], seed);
                return 0;
            case "coverage":
                return Coverage(output);
            case "list":
                foreach (Code code in Encodings.Tested)
                {
                    output.WriteLine(code);
                }

                return 0;
            default:
                output.WriteLine(Usage);
                return 2;
        }
    }

    private static int Native(ulong seed, TextWriter output)
    {
        using NativeRunner runner = new();
        int made = 0, failed = 0;
        Dictionary<string, int> ends = [];
        HashSet<Code> seen = [];
        List<TestCase> batch = [];
        foreach (Code code in Encodings.Tested)
        {
            for (int variant = 0; variant < SystematicCases.VariantsPerCode; variant++)
            {
                if (SystematicCases.TryMake(code, variant, seed) is { } test)
                {
                    batch.Add(test);
                    seen.Add(code);
                    made++;
                }
            }

            NativeResult[] stepped = runner.Run(batch, isSingleStep: true);
            NativeResult[] straight = runner.Run(batch, isSingleStep: false);
            string codeEnds = "";
            for (int i = 0; i < batch.Count; i++)
            {
                string end = $"{stepped[i].Signal}/{stepped[i].Vector}";
                ends[end] = ends.GetValueOrDefault(end) + 1;
                codeEnds += stepped[i].Vector == 3 && stepped[i].Steps.Length > 1 ? "" : end + " ";
                string difference = CpuState.Difference(stepped[i].End, straight[i].End);
                if (difference.Length > 0 || !stepped[i].Image.SequenceEqual(straight[i].Image)
                    || stepped[i].Vector != straight[i].Vector)
                {
                    failed++;
                    output.WriteLine($"{batch[i].Name}\n{batch[i].Disassemble(2)}{difference}"
                        + $" {straight[i].Signal}/{straight[i].Vector} {end}");
                }
            }

            if (codeEnds.Length > 0)
            {
                output.WriteLine($"{code}: {batch.Count} {codeEnds}");
            }

            batch.Clear();
        }

        output.WriteLine($"tested {Encodings.Tested.Length} seen {seen.Count} made {made} differ {failed}");
        foreach (Code code in Encodings.Tested.Except(seen))
        {
            output.WriteLine($"never made: {code}");
        }

        foreach ((string end, int count) in ends)
        {
            output.WriteLine($"{end}: {count}");
        }

        return 0;
    }

    private static int NativeBlocks(ulong seed, int count, TextWriter output)
    {
        using NativeRunner runner = new();
        Dictionary<string, int> ends = [];
        Dictionary<int, int> lengths = [];
        int failed = 0;
        for (int i = 0; i < count; i += 32)
        {
            List<TestCase> batch = [.. Enumerable.Range(i, 32).Select(
                n => BlockGenerator.Make(seed + (ulong)n))];
            NativeResult[] stepped = runner.Run(batch, isSingleStep: true);
            for (int j = batch.Count - 1; j >= 0; j--)
            {
                if (stepped[j].EndedByStepLimit)
                {
                    ends["endless"] = ends.GetValueOrDefault("endless") + 1;
                    batch.RemoveAt(j);
                    stepped = [.. stepped[..j], .. stepped[(j + 1)..]];
                }
            }

            NativeResult[] straight = runner.Run(batch, isSingleStep: false);
            for (int j = 0; j < batch.Count; j++)
            {
                string end = $"{stepped[j].Signal}/{stepped[j].Vector}";
                ends[end] = ends.GetValueOrDefault(end) + 1;
                int bucket = (int)Math.Log2(stepped[j].Steps.Length + 1);
                lengths[bucket] = lengths.GetValueOrDefault(bucket) + 1;
                string difference = CpuState.Difference(stepped[j].End, straight[j].End);
                if (stepped[j].Signal != 0 && (difference.Length > 0
                    || !stepped[j].Image.SequenceEqual(straight[j].Image)
                    || stepped[j].Vector != straight[j].Vector))
                {
                    failed++;
                    output.WriteLine($"{batch[j].Name}\n{difference}"
                        + $" {straight[j].Signal}/{straight[j].Vector} {end}");
                }
            }
        }

        output.WriteLine($"differ {failed}");
        foreach ((string end, int n) in ends)
        {
            output.WriteLine($"{end}: {n}");
        }

        foreach ((int bucket, int n) in lengths.OrderBy(p => p.Key))
        {
            output.WriteLine($"steps 2^{bucket}: {n}");
        }

        return 0;
    }

    private static int Systematic(
        ulong seed, int from, int to, string[] arguments, TextWriter output)
    {
        using DifferentialRun run = new(EngineSetup.Single, output);
        Code[] codes = Encodings.Tested;
        for (int i = from; i < Math.Min(to, codes.Length); i++)
        {
            for (int variant = 0; variant < SystematicCases.VariantsPerCode; variant++)
            {
                if (IsWanted(arguments, i, variant) && SystematicCases.TryMake(codes[i], variant, seed) is { } test)
                {
                    run.Add(test);
                }
            }
        }

        return Finish(run, output);
    }

    /// <summary>All variants, one, or a third of them that depends on the encoding.</summary>
    private static bool IsWanted(string[] arguments, int encoding, int variant) =>
        (arguments.Length > 4 ? arguments[4] : "all") switch
        {
            "all" => true,
            "some" => (encoding + variant) % 3 == 0,
            string number => int.Parse(number) == variant,
        };

    private static int Blocks(ulong seed, int count, TextWriter output)
    {
        using DifferentialRun run = new(EngineSetup.Block, output);
        for (int i = 0; i < count; i++)
        {
            run.Add(BlockGenerator.Make(seed + (ulong)i));
        }

        return Finish(run, output);
    }

    private static int Show(TestCase test, TextWriter output)
    {
        using NativeRunner runner = new();
        NativeResult native = runner.Run(test, isSingleStep: true);
        AccessOracle oracle = new();
        oracle.Trace(test, native);
        output.Write($"{test.Name}\n{test.Disassemble()}");
        output.Write(CpuState.Difference(new CpuState(), test.Begin));
        output.Write($"end: vector {native.Vector} error {native.ErrorCode:x} address "
            + $"{native.FaultAddress:x} steps {native.Steps.Length}\n");
        output.Write(CpuState.Difference(test.Begin, native.End));
        foreach (OracleAccess access in oracle.Accesses)
        {
            output.WriteLine($"  {native.Steps[oracle.FirstSteps[(int)access.Instruction]].Rip:x}"
                + $" {access}");
        }

        return 0;
    }

    private static int Coverage(TextWriter output)
    {
        Code[] all = Enum.GetValues<Code>();
        output.WriteLine($"{Encodings.Tested.Length} encodings tested:");
        foreach (IGrouping<string, Code> group in Encodings.Tested
            .GroupBy(c => string.Join('+', c.CpuidFeatures())).OrderBy(g => g.Key))
        {
            output.WriteLine($"  {group.Count(),4} {group.Key}");
        }

        output.WriteLine("left out:");
        foreach (IGrouping<string, Code> group in all.Except(Encodings.Tested)
            .GroupBy(c => Encodings.WhyNot(c)!).OrderBy(g => g.Key))
        {
            output.WriteLine($"  {group.Count(),4} {group.Key}");
        }

        return 0;
    }

    private static int RunAll(IEnumerable<TestCase> tests, TextWriter output)
    {
        using DifferentialRun run = new(EngineSetup.Block, output);
        foreach (TestCase test in tests)
        {
            run.Add(test);
        }

        return Finish(run, output);
    }

    /// <summary>The engine takes the host's signals; the runtime must still get its own.</summary>
    private static void RequireManagedFaults(int zero)
    {
        try
        {
            Console.WriteLine(1 / zero);
        }
        catch (DivideByZeroException)
        {
            return;
        }

        throw new InvalidOperationException("no exception for a managed division by zero");
    }

    private static int Finish(DifferentialRun run, TextWriter output)
    {
        run.Flush();
        RequireManagedFaults(zero: 0);
        output.WriteLine($"cases {run.Cases} failures {run.Failures}");
        return run.Failures == 0 ? 0 : 1;
    }
}
