using System.Diagnostics;
using System.Globalization;
using Dilaton.Kvm;
using Dilaton.Native;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --kvm`: our KVM engine against tools/minimal-vmm.c, which does nothing but run user
/// code: the same loops, by turns, in CPU time of the thread that runs the vCPU.</summary>
internal static class KvmSpeed
{
    private const int Pairs = 31;
    private const ulong Exits = 2_000;
    private const ulong Turns = 100_000_000;
    private const int WarmUp = 200;
    private const uint Millisecond = 1_000_000;

    private static readonly (string What, string Mode, ulong Count, uint Slice)[] s_rows =
    [
        ("system calls", "exits", Exits, Millisecond),
        ("a loop, in slices of 1 ms", "compute", Turns, Millisecond),
        ("a loop, alone on its node", "compute", Turns, int.MaxValue),
    ];

    public static int Run(BenchPaths paths, TextWriter output)
    {
        KvmReport host = KvmProbe.RunForPrograms();
        if (!host.CanRunPrograms)
        {
            output.WriteLine($"KVM can't run programs here: {host.Reason}");
            return 1;
        }

        output.WriteLine(
            "what                       minimal ns  ours ns  ours / minimal  (quarter, three quarters)");
        foreach ((string what, string mode, ulong count, uint slice) in s_rows)
        {
            double[] minimal = new double[Pairs];
            double[] ours = new double[Pairs];
            for (int i = 0; i < Pairs; i++)
            {
                minimal[i] = Minimal(paths, mode, count) / count;
                ours[i] = Ours(host, mode, count, slice) / count;
            }

            double[] ratios = [.. ours.Zip(minimal, (our, its) => our / its).Order()];
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what,-26} {Median(minimal),10:F3} {Median(ours),8:F3} {Median(ratios),15:F3}  "
                    + $"({ratios[Pairs / 4]:F3}, {ratios[Pairs * 3 / 4]:F3})"));
        }

        return 0;
    }

    private static double Minimal(BenchPaths paths, string mode, ulong count)
    {
        ProcessStartInfo start = new(
            paths.Tool("minimal-vmm"),
            [mode, count.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(told.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>The guest's code is that of minimal-vmm.c.</summary>
    private static double Ours(KvmReport host, string mode, ulong count, uint slice)
    {
        bool isCompute = mode == "compute";
        byte[] code = isCompute
            ? [0x0F, 0x05, 0x48, 0xBB, .. BitConverter.GetBytes(count), 0x48, 0xFF, 0xCB, 0x75, 0xFB, 0x0F, 0x05]
            : [0x0F, 0x05, 0xEB, 0xFC];
        using KvmProcess process = new(code, host);
        for (int i = 0; i < (isCompute ? 1 : WarmUp); i++)
        {
            process.RunToCall(slice);
        }

        long before = SliceTimer.ThreadNanoseconds();
        for (ulong i = 0; i < (isCompute ? 1 : count); i++)
        {
            process.RunToCall(slice);
        }

        return SliceTimer.ThreadNanoseconds() - before;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
