using Iced.Intel;

namespace Dilaton.Tests.Differential;

internal static class Worker
{
    public static int Run(string[] arguments, TextWriter output)
    {
        ulong seed = arguments.Length > 1 ? ulong.Parse(arguments[1]) : 1;
        switch (arguments.Length > 0 ? arguments[0] : "")
        {
            case "native":
                return Native(seed, output);
            case "native-blocks":
                return NativeBlocks(seed, int.Parse(arguments[2]), output);
            case "vectors":
                VectorMaker.Write(arguments[2], seed);
                return 0;
            case "list":
                foreach (Code code in Encodings.Tested)
                {
                    output.WriteLine(code);
                }

                return 0;
            default:
                output.WriteLine("usage: native SEED | list");
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
}
