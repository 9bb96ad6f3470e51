using Dilaton.Core;
using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Native;

public sealed class HostSignalTests
{
    private const int Collections = 200;

    /// <summary>The runtime stops a busy thread by a signal and walks its stack in the handler. On
    /// the small alternate stack that overruns it: this process would die.</summary>
    [Fact]
    public void Signals_OutsideGuestCode_RunOnTheInterruptedStack()
    {
        HostFaultHandler.Install(AddressWindow.First);
        bool stop = false;
        ulong[] sums = new ulong[2];
        Thread[] busy = [.. Enumerable.Range(0, sums.Length).Select(i => new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                sums[i] += Descend(64);
            }
        }))];
        foreach (Thread thread in busy)
        {
            thread.Start();
        }

        for (int i = 0; i < Collections; i++)
        {
            GC.Collect(0);
        }

        Volatile.Write(ref stop, true);
        foreach (Thread thread in busy)
        {
            thread.Join();
        }

        sums.ShouldAllBe(sum => sum > 0);
    }

    [Fact]
    public void Faults_OfManagedCode_StayExceptions()
    {
        HostFaultHandler.Install(AddressWindow.First);
        int zero = Collections - Collections;
        string? nothing = zero == 0 ? null : "";

        for (int i = 0; i < 10; i++)
        {
            Should.Throw<DivideByZeroException>(() => Collections / zero);
            Should.Throw<NullReferenceException>(() => nothing!.Length);
        }
    }

    private static ulong Descend(int depth)
    {
        ulong sum = 0;
        for (int i = 0; i < 1000; i++)
        {
            sum = (sum * 31) + (ulong)i;
        }

        return depth == 0 ? sum | 1 : (sum ^ Descend(depth - 1)) | 1;
    }
}
