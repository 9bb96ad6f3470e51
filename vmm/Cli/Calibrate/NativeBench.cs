using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Dilaton.Cli;

/// <summary>Runs the programs of `calibrate` on the host itself. They measure themselves, by the processor time
/// of their process: that others have the processor meanwhile does not count, that they use its caches does.
/// </summary>
internal sealed class NativeBench(string micro, int repeats)
{
    private const int ResultBytes = 16;
    private const int ChainAdditions = 8;
    private const int LoopInstructions = 34;
    private const double Mispredicted = 0.5;
    private const ulong SmallRing = 1 << 20;
    private const ulong LargestRing = 256UL << 20;
    private const ulong OverlapRing = LargestRing / 2;

    private static readonly string[] s_chained = ["multiply", "divide", "fadd", "fmultiply"];
    private static readonly int[] s_overlaps = [1, 2, 4, 8, 12, 16, 20, 24, 32, 48];

    private readonly List<double> _spreads = [];

    /// <param name="tell">Says what is being done.</param>
    /// <exception cref="CalibrationException">A program does not run here.</exception>
    public HostSamples Measure(Action<string> tell)
    {
        tell("clock and instructions");
        ulong[] rounds = [500_000, 1_000_000, 1_500_000, 2_000_000];
        FitPoint[] additions =
            [.. rounds.Select(n => new FitPoint(n * ChainAdditions, Micro("add", n)))];
        const ulong Rounds = 500_000;
        double free = Micro("mix", Rounds) / Rounds / LoopInstructions;
        (string, double)[] others =
        [
            .. s_chained.Select(kind => (kind, Micro(kind, Rounds) / Rounds / ChainAdditions)),
            ("misprediction", (Micro("chance", Rounds) - Micro("foreseen", Rounds)) / Rounds / Mispredicted),
        ];
        tell("caches and memory");
        FitPoint[] chases = [.. Rings().Select(bytes => new FitPoint(bytes, Chase(bytes)))];
        tell("misses at once, and a stream");
        const ulong Loads = 50_000;
        FitPoint[] overlaps =
        [
            .. s_overlaps.Select(k => new FitPoint(
                k, Micro("overlap", Loads, OverlapRing, (ulong)k) / Loads / k)),
        ];
        return new HostSamples
        {
            Additions = additions,
            Chases = chases,
            Overlaps = overlaps,
            StreamLine = Micro("stream", 1, LargestRing) / (LargestRing / 64.0),
            FreeInstruction = free,
            Others = others,
            Spreads = _spreads,
        };
    }

    /// <exception cref="CalibrationException">It does not run here.</exception>
    public NativeSample Run(string program, params string[] arguments)
    {
        double[] times = new double[repeats];
        ulong sum = 0;
        for (int i = 0; i < repeats; i++)
        {
            (ulong nanoseconds, sum) = Once(program, arguments);
            times[i] = nanoseconds;
        }

        double median = times.Median();
        return new NativeSample(median, (times.UpperQuartile() - times.LowerQuartile()) / median, sum);
    }

    /// <summary>Powers of two and half again, from 4 KiB on.</summary>
    private static IEnumerable<ulong> Rings()
    {
        for (ulong bytes = 4 << 10; bytes < LargestRing; bytes *= 2)
        {
            yield return bytes;
            yield return bytes / 2 * 3;
        }

        yield return LargestRing;
    }

    private double Chase(ulong bytes)
    {
        ulong loads = bytes <= SmallRing ? 500_000UL : 100_000;
        return Micro("chase", loads, bytes) / loads;
    }

    private double Micro(string kind, ulong rounds, ulong bytes = 0, ulong chains = 0)
    {
        NativeSample sample = Run(micro, kind, Text(rounds), Text(bytes), Text(chains));
        _spreads.Add(sample.Spread);
        return sample.Nanoseconds;
    }

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static (ulong Nanoseconds, ulong Sum) Once(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
        })!;
        using MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        ReadOnlySpan<byte> result = output.GetBuffer().AsSpan(0, (int)output.Length);
        ulong nanoseconds = result.Length == ResultBytes ? BinaryPrimitives.ReadUInt64LittleEndian(result) : 0;
        return process.ExitCode == 0 && nanoseconds > 0
            ? (nanoseconds, BinaryPrimitives.ReadUInt64LittleEndian(result[8..]))
            : throw new CalibrationException(
                DiagnosticCode.CalibrationImpossible,
                $"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {process.ExitCode} and wrote "
                    + $"{result.Length} bytes, not its time",
                "calibrate on the host itself, as a user who may run programs of a temporary folder");
    }
}
