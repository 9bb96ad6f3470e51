using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm.Hooks;

public sealed class ExitHookChainTests
{
    private const int Vcpus = 4;

    [Fact]
    public void Hooks_AreAskedByPriorityThenInTheOrderTheyCame()
    {
        ExitHookChain<int> chain = new();
        List<string> asked = [];
        foreach ((string name, int priority) in (ReadOnlySpan<(string, int)>)
            [("c", 5), ("a", -1), ("d", 5), ("b", 0), ("e", 5)])
        {
            chain.Add(priority, (in int _) => Note(asked, name));
        }

        chain.Dispatch(7).ShouldBe(ExitVerdict.Pass);
        asked.ShouldBe(["a", "b", "c", "d", "e"]);
    }

    [Fact]
    public void AHookThatIsDoneWithTheExit_IsTheLast()
    {
        ExitHookChain<int> chain = new();
        List<string> asked = [];
        chain.Add(0, (in int exit) => exit == 3 ? ExitVerdict.Handled : ExitVerdict.Pass);
        chain.Add(1, (in int _) => Note(asked, "behind"));

        chain.Dispatch(3).ShouldBe(ExitVerdict.Handled);
        asked.ShouldBeEmpty();
        chain.Dispatch(4).ShouldBe(ExitVerdict.Pass);
        asked.ShouldBe(["behind"]);
    }

    [Fact]
    public void ARemovedHook_IsNotAsked_AndRemovingItAgainTakesNoOther()
    {
        ExitHookChain<int> chain = new();
        List<string> asked = [];
        ExitHook<int> twice = (in int _) => Note(asked, "twice");
        IDisposable first = chain.Add(0, twice);
        chain.Add(0, twice);

        first.Dispose();
        first.Dispose();
        chain.Count.ShouldBe(1);
        chain.Dispatch(1);
        asked.ShouldBe(["twice"]);
    }

    [Fact]
    public void AHook_MayRemoveItselfAndAddAnother_WhichTheNextExitAsks()
    {
        ExitHookChain<int> chain = new();
        List<string> asked = [];
        IDisposable? own = null;
        own = chain.Add(0, (in int _) =>
        {
            own!.Dispose();
            chain.Add(0, (in int _) => Note(asked, "next"));
            return Note(asked, "own");
        });

        chain.Dispatch(1);
        asked.ShouldBe(["own"]);
        chain.Dispatch(2);
        asked.ShouldBe(["own", "next"]);
    }

    [Fact]
    public void MoreHooksThanTheLimit_AreRefused()
    {
        ExitHookChain<int> chain = new();
        for (int i = 0; i < ExitHookChain<int>.HooksMax; i++)
        {
            chain.Add(i, (in int _) => ExitVerdict.Pass);
        }

        Should.Throw<InvalidOperationException>(() => chain.Add(0, (in int _) => ExitVerdict.Pass));
        chain.Count.ShouldBe(ExitHookChain<int>.HooksMax);
    }

    [Fact]
    public void Dispatch_AllocatesNothing()
    {
        ExitHookChain<int> chain = new();
        long sum = 0;
        chain.Add(0, (in int exit) => Add(ref sum, exit));
        chain.Add(1, (in int exit) => Add(ref sum, exit));
        chain.Dispatch(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i <= 1000; i++)
        {
            chain.Dispatch(i);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        sum.ShouldBe(1_001_000);
    }

    /// <summary>Hooks that stay see every exit once and in order while others come and go before, between
    /// and behind them.</summary>
    [Fact]
    public void AddedAndRemoved100000Times_WhileFourVcpusExit_NothingIsLost()
    {
        const int Changes = 100_000;
        Loop[] loops = [.. Enumerable.Range(0, Vcpus).Select(_ => new Loop())];
        Thread[] threads = [.. loops.Select(loop => new Thread(loop.Run))];
        Array.ForEach(threads, thread => thread.Start());
        long[] asked = new long[Vcpus];
        for (int i = 0; i < Changes; i++)
        {
            int vcpu = i % Vcpus;
            Loop loop = loops[vcpu];
            long exitsThen = loop.Exits, askedThen = Volatile.Read(ref asked[vcpu]);
            IDisposable hook = loop.Chain.Add(
                (i % 3 * 10) - 5, (in long _) => Count(ref asked[vcpu]));
            if (i % 2000 == 0)
            {
                // It is asked from the next exit on that begins: the second from now at the latest.
                SpinWait.SpinUntil(() => loop.Exits >= exitsThen + 2 && Volatile.Read(ref asked[vcpu]) > askedThen);
            }

            hook.Dispose();
            if (i % 2000 == 1001)
            {
                long end = loop.Exits;
                SpinWait.SpinUntil(() => loop.Exits >= end + 2);
                long settled = Volatile.Read(ref asked[vcpu]);
                SpinWait.SpinUntil(() => loop.Exits >= end + 4);
                Volatile.Read(ref asked[vcpu]).ShouldBe(settled, "asked after it was removed");
            }
        }

        Array.ForEach(loops, loop => loop.Stop());
        Array.ForEach(threads, thread => thread.Join());
        loops.ShouldAllBe(loop => loop.Wrong == 0 && loop.Exits > 0);
        loops.ShouldAllBe(loop => loop.Chain.Count == 2);
    }

    private static ExitVerdict Note(List<string> asked, string name)
    {
        asked.Add(name);
        return ExitVerdict.Pass;
    }

    private static ExitVerdict Add(ref long sum, int value)
    {
        sum += value;
        return ExitVerdict.Pass;
    }

    private static ExitVerdict Count(ref long asked)
    {
        Volatile.Write(ref asked, asked + 1);
        return ExitVerdict.Pass;
    }

    /// <summary>A vCPU that does nothing but exit; the first and the second of its own hooks must see each
    /// exit once, in that order.</summary>
    private sealed class Loop
    {
        private long _first;
        private long _second;
        private long _exits;
        private bool _isOver;

        public Loop()
        {
            Chain.Add(0, (in long exit) =>
            {
                Wrong += exit == _first + 1 && _second == _first ? 0 : 1;
                _first = exit;
                return ExitVerdict.Pass;
            });
            Chain.Add(10, (in long exit) =>
            {
                Wrong += exit == _second + 1 && _first == exit ? 0 : 1;
                _second = exit;
                return ExitVerdict.Pass;
            });
        }

        public ExitHookChain<long> Chain { get; } = new();

        public int Wrong { get; private set; }

        public long Exits => Volatile.Read(ref _exits);

        public void Run()
        {
            for (long exit = 1; !Volatile.Read(ref _isOver); exit++)
            {
                Chain.Dispatch(exit);
                Volatile.Write(ref _exits, exit);
            }
        }

        public void Stop() => Volatile.Write(ref _isOver, true);
    }
}
