using System.Diagnostics;
using Dilaton.Kvm;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --hooks`: host time of handing an exit to a chain of hooks, one by one, while
/// another thread leaves the chain alone or adds and removes a hook without end.</summary>
internal static class HookSpeed
{
    private const int Exits = 1_000_000;

    private static readonly int[] s_hooks = [0, 1, 4, 16];

    public static void Run(TextWriter output)
    {
        output.WriteLine("hooks  changed meanwhile  p50 ns  p99 ns  p99.9 ns  clock's own ns");
        foreach (int hooks in s_hooks)
        {
            foreach (bool changes in (bool[])[false, true])
            {
                Measure(output, hooks, changes);
            }
        }
    }

    private static void Measure(TextWriter output, int hooks, bool changes)
    {
        ExitHookChain<long> chain = new();
        long seen = 0;
        for (int i = 0; i < hooks; i++)
        {
            chain.Add(i, (in long exit) =>
            {
                seen += exit;
                return ExitVerdict.Pass;
            });
        }

        bool isOver = false;
        Thread other = new(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                chain.Add(0, (in long _) => ExitVerdict.Pass).Dispose();
            }
        });
        if (changes)
        {
            other.Start();
        }

        long[] ticks = new long[Exits];
        long[] none = new long[Exits];
        for (long i = 0; i < Exits; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            chain.Dispatch(i);
            ticks[i] = Stopwatch.GetTimestamp() - begin;
            begin = Stopwatch.GetTimestamp();
            none[i] = Stopwatch.GetTimestamp() - begin;
        }

        Volatile.Write(ref isOver, true);
        if (changes)
        {
            other.Join();
        }

        Array.Sort(ticks);
        Array.Sort(none);
        output.WriteLine($"{hooks,5}  {(changes ? "yes" : "no"),17}  {At(ticks, 500),6}  {At(ticks, 990),6}  "
            + $"{At(ticks, 999),8}  {At(none, 500),14}");
    }

    private static long At(long[] sorted, int perMille) =>
        sorted[(long)(sorted.Length - 1) * perMille / 1000] * 1_000_000_000 / Stopwatch.Frequency;
}
