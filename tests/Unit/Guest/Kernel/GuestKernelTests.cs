using System.Text;
using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

[Collection(GuestWindow.Name)]
public sealed class GuestKernelTests : IDisposable
{
    private const int Futex = 202;
    private const ulong Wait = 128;
    private const ulong Wake = 129;
    private const ulong Word = FakeNode.Data;

    private readonly FakeNode _node = new(2);

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Start_FindsArgumentsEnvironmentAndVectorOnTheStack()
    {
        _node.DispatchAll();
        ulong rsp = _node[0].Registers.Rsp;
        (rsp % 16).ShouldBe(0UL);
        _node[0].Registers.Rip.ShouldBe(0x40_0100UL);
        _node.Read64(rsp).ShouldBe(2UL);
        Text(_node.Read64(rsp + 8)).ShouldBe("test");
        Text(_node.Read64(rsp + 16)).ShouldBe("one");
        _node.Read64(rsp + 24).ShouldBe(0UL);
        Text(_node.Read64(rsp + 32)).ShouldBe("A=b");
        Dictionary<ulong, ulong> vector = Vector(rsp + 48);
        vector[9].ShouldBe(0x40_0100UL);
        vector[3].ShouldBe(0x40_0040UL);
        vector[5].ShouldBe(3UL);
        Text(vector[31]).ShouldBe("/bin/test");
        Text(vector[15]).ShouldBe("x86_64");
        vector.ContainsKey(33).ShouldBeFalse("no vDSO: clocks are read by system call");
    }

    [Fact]
    public void Identity_IsTheSameInEveryRun()
    {
        _node.Call(0, 39).ShouldBe(1000);
        _node.Call(0, 186).ShouldBe(1000);
        _node.Call(0, 102).ShouldBe(1000);
        _node.Call(0, 63, FakeNode.Data).ShouldBe(0);
        Text(FakeNode.Data).ShouldBe("Linux");
        Text(FakeNode.Data + 130).ShouldBe("6.1.0");
    }

    [Fact]
    public void GetRandom_DependsOnTheSeedOnly()
    {
        _node.Call(0, 318, FakeNode.Data, 16, 0).ShouldBe(16);
        ulong first = _node.Read64(FakeNode.Data);
        _node.Dispose();
        using var again = new FakeNode();
        again.Call(0, 318, FakeNode.Data, 16, 0);
        again.Read64(FakeNode.Data).ShouldBe(first);
        again.Dispose();
        using var other = new FakeNode(1, o => o with { Seed = 2 });
        other.Call(0, 318, FakeNode.Data, 16, 0);
        other.Read64(FakeNode.Data).ShouldNotBe(first);
    }

    [Fact]
    public void Unknown_GetsEnosys_AndIsListedOnce()
    {
        _node.Call(0, 250).ShouldBe(-38);
        _node.Call(0, 250).ShouldBe(-38);
        _node.Call(0, 9999).ShouldBe(-38);
        _node.Kernel.UnsupportedSystemCalls.ShouldBe(
            [new UnsupportedSystemCall(250, "keyctl"), new(9999, "syscall_9999")]);
    }

    [Fact]
    public void BadPointer_IsEfault()
    {
        _node.Call(0, 228, 1, 0xdead_0000).ShouldBe(-14);
        _node.Call(0, 228, 1, 0x40_0000).ShouldBe(-14, "code is not writable");
        _node.Call(0, 228, 1, ulong.MaxValue - 4).ShouldBe(-14);
    }

    [Fact]
    public void Clocks_AreVirtualTimeAndEpoch()
    {
        _node.DispatchAll();
        _node.Advance(VirtualDuration.FromPicoseconds(2_500_000_001_999));
        _node.Call(0, 228, 1, FakeNode.Data).ShouldBe(0);
        _node.Read64(FakeNode.Data).ShouldBe(2UL);
        _node.Read64(FakeNode.Data + 8).ShouldBe(500_000_001UL);
        _node.Call(0, 228, 0, FakeNode.Data).ShouldBe(0);
        _node.Read64(FakeNode.Data).ShouldBe(1_000_002UL);
        _node.Call(0, 228, 2, FakeNode.Data).ShouldBe(0);
        _node.Read64(FakeNode.Data).ShouldBe(2UL, "the process has run since");
        _node.Call(0, 228, 77, FakeNode.Data).ShouldBe(-22);
        _node.LastOutcome.Charge.Class.ShouldBe(KernelCostClass.Trivial);
    }

    [Fact]
    public void Sleep_EndsAtItsDeadline_AndCostsNoCpuTime()
    {
        _node.Write(FakeNode.Data, 1UL);
        _node.Write(FakeNode.Data + 8, 500UL);
        _node.Call(0, 35, FakeNode.Data, 0).ShouldBeNull();
        _node[0].IsIdle.ShouldBeTrue();
        _node.Advance(VirtualDuration.FromNanoseconds(1_000_000_499));
        _node.Running(0).ShouldBe(0);
        _node.Advance(VirtualDuration.FromNanoseconds(1));
        _node.Running(0).ShouldBe(1000);
        ((long)_node[0].Registers.Rax).ShouldBe(0);
        _node.LastDispatch.Class.ShouldBe(KernelCostClass.ContextSwitch);
        _node.Call(0, 228, 2, FakeNode.Data);
        _node.Read64(FakeNode.Data).ShouldBe(0UL);
    }

    [Fact]
    public void AbsoluteSleep_OnRealtimeCountsFromTheEpoch()
    {
        _node.Write(FakeNode.Data, 1_000_003UL);
        _node.Write(FakeNode.Data + 8, 0UL);
        _node.Call(0, 230, 0, 1, FakeNode.Data).ShouldBeNull();
        _node.Advance(VirtualDuration.FromSeconds(3));
        _node.Running(0).ShouldBe(1000);
        _node.Call(0, 230, 0, 1, FakeNode.Data).ShouldBe(0, "it has passed");
    }

    [Fact]
    public void Futex_WaitsForAWake()
    {
        int child = _node.Clone(0);
        _node.Running(1).ShouldBe(child);
        _node.Write(Word, 7u);
        _node.Call(1, Futex, Word, Wait, 8).ShouldBe(-11, "the value differs");
        _node.Call(1, Futex, Word, Wait, 7).ShouldBeNull();
        _node.Call(0, Futex, Word + 4, Wake, 1).ShouldBe(0);
        _node.Call(0, Futex, Word, Wake, 10).ShouldBe(1);
        _node.DispatchAll();
        _node.Running(1).ShouldBe(child);
        _node[1].Registers.Rax.ShouldBe(0UL);
    }

    [Fact]
    public void Futex_TimesOutAtItsDeadline()
    {
        _node.Write(Word, 7u);
        _node.Write(Word + 8, 0UL);
        _node.Write(Word + 16, 1000UL);
        _node.Call(0, Futex, Word, Wait, 7, Word + 8).ShouldBeNull();
        _node.Advance(VirtualDuration.FromMicroseconds(1));
        ((long)_node[0].Registers.Rax).ShouldBe(-110);
        _node.Call(0, Futex, Word, Wake, 1).ShouldBe(0, "it left the queue");
    }

    [Fact]
    public void Futex_BitsetWakesOnlyWhoAskedForABit()
    {
        int child = _node.Clone(0);
        _node.Write(Word, 7u);
        _node.Call(1, Futex, Word, 137, 7, 0, 0, 2).ShouldBeNull();
        _node.Call(0, Futex, Word, 138, 1, 0, 0, 1).ShouldBe(0);
        _node.Call(0, Futex, Word, 138, 1, 0, 0, 3).ShouldBe(1);
        _node.DispatchAll();
        _node.Running(1).ShouldBe(child);
    }

    [Fact]
    public void Futex_RequeueMovesWaitersToAnotherWord()
    {
        _node.Clone(0);
        _node.Write(Word, 7u);
        _node.Call(1, Futex, Word, Wait, 7).ShouldBeNull();
        _node.Call(0, Futex, Word, 132, 0, 9, Word + 4, 6).ShouldBe(-11);
        _node.Call(0, Futex, Word, 132, 0, 9, Word + 4, 7).ShouldBe(1);
        _node.Call(0, Futex, Word, Wake, 9).ShouldBe(0);
        _node.Call(0, Futex, Word + 4, Wake, 9).ShouldBe(1);
    }

    [Fact]
    public void Futex_WakeOperationChangesAndCompares()
    {
        _node.Clone(0);
        _node.Write(Word, 7u);
        _node.Write(Word + 4, 5u);
        _node.Call(1, Futex, Word + 4, Wait, 5).ShouldBeNull();
        // add 3 to the second word; wake its waiter if it was greater than 4
        ulong operation = (1UL << 28) | (4UL << 24) | (3UL << 12) | 4;
        _node.Call(0, Futex, Word, 133, 1, 1, Word + 4, operation).ShouldBe(1);
        _node.Read(Word + 4).ShouldBe(8u);
    }

    [Fact]
    public void Futex_LockIsHandedToWhoWaitsForIt()
    {
        const int LockPi = 6;
        const int UnlockPi = 7;
        const int RequeuePi = 12;
        const uint HasWaiters = 0x8000_0000;
        int child = _node.Clone(0);
        _node.Write(Word, 0u);
        _node.Call(0, Futex, Word, LockPi, 0).ShouldBe(0);
        _node.Read(Word).ShouldBe(1000u);
        _node.Call(1, Futex, Word, UnlockPi, 0).ShouldBe(-1, "another has it");
        _node.Call(1, Futex, Word, LockPi, 0).ShouldBeNull();
        _node.Read(Word).ShouldBe(1000u | HasWaiters);
        _node.Call(0, Futex, Word, UnlockPi, 0).ShouldBe(0);
        _node.Read(Word).ShouldBe((uint)child | HasWaiters);
        _node.Call(0, Futex, Word, RequeuePi, 0).ShouldBe(-38);
    }

    [Fact]
    public void Exit_ClearsTheThreadIdAndWakesWhoJoins()
    {
        int child = _node.Clone(0, clearTid: Word);
        _node.Write(Word, (uint)child);
        _node.Call(0, Futex, Word, 0, (ulong)child).ShouldBeNull();
        _node.Call(1, 60, 0).ShouldBeNull();
        _node.DispatchAll();
        _node.Read(Word).ShouldBe(0u);
        (_node.Running(0) + _node.Running(1)).ShouldBe(1000);
        _node.Kernel.Exit.ShouldBeNull();
        _node.Call(_node.Running(0) == 1000 ? 0 : 1, 60, 5);
        _node.Kernel.Exit.ShouldBe(new GuestExit(5, 0, ""));
    }

    [Fact]
    public void Exit_HandsRobustLocksOn()
    {
        const ulong Head = FakeNode.Data + 0x100;
        const ulong Lock = FakeNode.Data + 0x200;
        int child = _node.Clone(0);
        _node.Write(Head, Lock);
        _node.Write(Head + 8, 16UL);
        _node.Write(Head + 16, 0UL);
        _node.Write(Lock, Head);
        _node.Write(Lock + 16, (uint)child | 0x8000_0000);
        _node.Call(1, 273, Head, 24).ShouldBe(0);
        _node.Call(0, Futex, Lock + 16, Wait, (uint)child | 0x8000_0000).ShouldBeNull();
        _node.Call(1, 60, 0).ShouldBeNull();
        _node.DispatchAll();
        _node.Read(Lock + 16).ShouldBe(0xc000_0000u);
        (_node.Running(0) + _node.Running(1)).ShouldBe(1000);
    }

    [Fact]
    public void Clone_StartsAThreadWithItsOwnStackAndTls()
    {
        int child = _node.Clone(0);
        child.ShouldBe(1001);
        _node[1].Registers.Rsp.ShouldBe(0x40_3000UL);
        _node[1].Registers.FsBase.ShouldBe(0x40_2800UL);
        _node[1].Registers.Rax.ShouldBe(0UL);
        _node[1].Registers.Rip.ShouldBe(_node[0].Registers.Rip);
    }

    [Fact]
    public void Fork_MakesAChildWithMemoryOfItsOwn()
    {
        _node.Write(FakeNode.Data, 1u);
        _node.Call(0, 57).ShouldBe(1001);
        _node.Write(FakeNode.Data, 2u);
        _node.DispatchAll();
        _node.Running(1).ShouldBe(1001);
        _node[1].Registers.Rax.ShouldBe(0UL);
        _node.ReadOf(1, FakeNode.Data).ShouldBe(1u);
        _node.Call(1, 39).ShouldBe(1001);
        _node.Call(1, 110).ShouldBe(1000);
        _node.ReadOf(0, FakeNode.Data).ShouldBe(2u);
    }

    [Fact]
    public void Wait_TellsOnceHowAChildEnded()
    {
        _node.Call(0, 61, ulong.MaxValue, 0, 0, 0).ShouldBe(-10);
        _node.Call(0, 57).ShouldBe(1001);
        _node.Call(0, 61, 1001, FakeNode.Data, 1, 0).ShouldBe(0);
        _node.DispatchAll();
        _node.Call(1, 231, 0x107).ShouldBeNull();
        _node.Kernel.Exit.ShouldBeNull();
        _node.Call(0, 61, ulong.MaxValue, FakeNode.Data, 0, 0).ShouldBe(1001);
        _node.ReadOf(0, FakeNode.Data).ShouldBe(0x700u);
        _node.Call(0, 61, ulong.MaxValue, 0, 0, 0).ShouldBe(-10);
    }

    [Fact]
    public void Stop_KeepsAChildFromRunning_AndWaitTellsOfItOnce()
    {
        const int Untraced = 2;
        const int Continued = 8;
        _node.Call(0, 57).ShouldBe(1001);
        _node.DispatchAll();
        _node.Call(0, 62, 1001, 19).ShouldBe(0);
        _node.Kernel.Preempt(_node[1]).Action.ShouldBe(KernelAction.Reschedule);
        _node.Call(0, 61, 1001, FakeNode.Data, Untraced, 0).ShouldBe(1001);
        _node.ReadOf(0, FakeNode.Data).ShouldBe(0x137fu);
        _node.Call(0, 61, 1001, FakeNode.Data, Untraced | 1, 0).ShouldBe(0);
        _node.DispatchAll();
        _node.Kernel.DescribeThreads()[^1].ShouldContain("is stopped by job control");
        _node.Call(0, 62, 1001, 18).ShouldBe(0);
        _node.Call(0, 61, 1001, FakeNode.Data, Continued, 0).ShouldBe(1001);
        _node.ReadOf(0, FakeNode.Data).ShouldBe(0xffffu);
        _node.DispatchAll();
        _node.Running(1).ShouldBe(1001);
    }

    [Fact]
    public void Fork_BeyondTheNodesMemoryFails()
    {
        const ulong Length = 16UL << 20;
        _node.Call(0, 9, 0, Length, 3, 0x22, ulong.MaxValue, 0).ShouldNotBeNull();
        _node.Call(0, 57).ShouldBe(-12);
    }

    [Fact]
    public void ExitGroup_EndsTheNodeWithItsCode()
    {
        _node.Call(0, 231, 0x103);
        _node.LastOutcome.Action.ShouldBe(KernelAction.NodeEnded);
        _node.Kernel.Exit.ShouldBe(new GuestExit(3, 0, ""));
    }

    [Fact]
    public void Fault_KillsWithAddressRegistersAndCalls()
    {
        _node.Call(0, 39);
        _node[0].Registers.R13 = 0xabcdef;
        KernelOutcome outcome = _node.Kernel.Fault(_node[0], Fault(0x10));
        outcome.Action.ShouldBe(KernelAction.NodeEnded);
        GuestExit exit = _node.Kernel.Exit!;
        exit.Signal.ShouldBe(11);
        exit.Message.ShouldStartWith("killed by SIGSEGV (write of 0x10)");
        exit.Message.ShouldContain("at rip 0x400100: /bin/test+0x400100");
        exit.Message.ShouldContain("r13 0000000000abcdef");
        exit.Message.ShouldContain("getpid() = 0x3e8");
    }

    [Fact]
    public void MemoryMappedWithoutExec_CantGetItAndThatIsListed()
    {
        ulong data = (ulong)_node.Call(0, 9, 0, 4096, 3, 0x22, unchecked((ulong)-1), 0)!.Value;
        _node.Call(0, 10, data, 4096, 5).ShouldBe(-13);
        _node.Kernel.UnsupportedSystemCalls.ShouldHaveSingleItem().Name.ShouldContain("PROT_EXEC");
        ulong code = (ulong)_node.Call(0, 9, 0, 4096, 7, 0x22, unchecked((ulong)-1), 0)!.Value;
        _node.Call(0, 10, code, 4096, 3).ShouldBe(0);
        _node.Call(0, 10, code, 4096, 5).ShouldBe(0);
    }

    [Fact]
    public void Signal_ThatIsBlockedWaitsForTheMask()
    {
        _node.Write(FakeNode.Data, 1UL << 5);
        _node.Call(0, 14, 0, FakeNode.Data, 0, 8).ShouldBe(0);
        _node.Call(0, 234, 1000, 1000, 6).ShouldBe(0);
        _node.Kernel.Exit.ShouldBeNull();
        _node.Call(0, 14, 1, FakeNode.Data, 0, 8);
        _node.Kernel.Exit!.Signal.ShouldBe(6);
    }

    [Fact]
    public void Kill_OfOthersFindsNobody()
    {
        _node.Call(0, 62, 1, 9).ShouldBe(-3);
        _node.Call(0, 62, 1000, 0).ShouldBe(0);
        _node.Call(0, 62, 1000, 17).ShouldBe(0, "SIGCHLD is ignored by default");
        _node.Kernel.Exit.ShouldBeNull();
    }

    [Fact]
    public void Threads_TakeTurnsWhenThereAreMoreThanVcpus()
    {
        int second = _node.Clone(0);
        int third = (int)_node.Call(0, 56, 0x3d0f00, 0x40_3000, 0, 0, 0)!.Value;
        _node.Running(0).ShouldBe(1000);
        _node.Advance(VirtualDuration.FromMilliseconds(4));
        _node.Running(0).ShouldBe(third);
        _node.Running(1).ShouldBe(second);
        _node.Advance(VirtualDuration.FromMilliseconds(4));
        _node.Running(0).ShouldBe(1000);
    }

    [Fact]
    public void Yield_LetsTheOtherThreadRun_OnlyIfThereIsOne()
    {
        _node.Call(0, 24).ShouldBe(0);
        _node.Clone(0);
        int third = (int)_node.Call(0, 56, 0x3d0f00, 0x40_3000, 0, 0, 0)!.Value;
        _node.Call(0, 24).ShouldBeNull();
        _node.Running(0).ShouldBe(third);
    }

    [Fact]
    public void IdleVcpu_TakesOverAWaitingThread()
    {
        int second = _node.Clone(0);
        int third = (int)_node.Call(0, 56, 0x3d0f00, 0x40_3000, 0, 0, 0)!.Value;
        _node.Running(1).ShouldBe(second);
        _node.Call(1, 60, 0).ShouldBeNull();
        _node.Running(1).ShouldBe(third);
    }

    [Fact]
    public void Affinity_MovesTheThread()
    {
        _node.Write(FakeNode.Data, 2UL);
        _node.Call(0, 203, 0, 8, FakeNode.Data).ShouldBeNull();
        _node.DispatchAll();
        _node.Running(1).ShouldBe(1000);
        _node.Call(1, 204, 0, 128, FakeNode.Data).ShouldBe(8);
        _node.Read64(FakeNode.Data).ShouldBe(2UL);
        _node.Write(FakeNode.Data, 4UL);
        _node.Call(1, 203, 0, 8, FakeNode.Data).ShouldBe(-22, "there is no vCPU 2");
    }

    [Fact]
    public void WatchedPage_ResumesForFree()
    {
        _node.DispatchAll();
        _node.Memory.WatchCode(FakeNode.Data);
        KernelOutcome outcome = _node.Kernel.Fault(_node[0], Fault(FakeNode.Data + 8));
        outcome.ShouldBe(new KernelOutcome(KernelAction.Resume, KernelCharge.None));
    }

    [Fact]
    public void DescribeThreads_SaysWhoWaitsForWhat()
    {
        _node.Write(Word, 7u);
        _node.Call(0, Futex, Word, Wait, 7).ShouldBeNull();
        _node.Kernel.DescribeThreads().ShouldBe(
            ["process 1000 thread 1000 (test) waits in futex(0x402000, 0x80, 0x7, 0x0, 0x0, 0x0) for "
                + "futex 0x402000 (value 7) at /bin/test+0x400100"]);
    }

    [Fact]
    public void Copies_AreChargedAndReported()
    {
        _node.Call(0, 228, 1, FakeNode.Data);
        _node.LastOutcome.Charge.CopiedBytes.ShouldBe(16UL);
        _node.Accesses.Copies.ShouldBe([(0, FakeNode.Data, 16, true)]);
    }

    [Fact]
    public void SystemCall_AllocatesNothing()
    {
        _node.Call(0, 228, 1, FakeNode.Data);
        ref GuestRegisters registers = ref _node[0].Registers;
        _node.Accesses.Copies.EnsureCapacity(10_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            registers.Rax = 228;
            _node.Kernel.SystemCall(_node[0]);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void Options_RefuseImpossibleVcpuCounts(int count) =>
        Should.Throw<ConfigException>(() => new FakeNode(1, o => o with { VcpuCount = count }))
            .Key.ShouldBe("guest.vcpuCount");

    private static VcpuExit Fault(ulong address) => new()
    {
        Reason = ExitReason.Fault,
        Instructions = 0,
        Units = 0,
        Vector = FaultVector.PageFault,
        Access = FaultAccess.Write,
        FaultAddress = address,
    };

    private string Text(ulong address)
    {
        var bytes = new List<byte>();
        for (; _node.Memory.Bytes(address, 1)[0] != 0; address++)
        {
            bytes.Add(_node.Memory.Bytes(address, 1)[0]);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private Dictionary<ulong, ulong> Vector(ulong at)
    {
        var vector = new Dictionary<ulong, ulong>();
        for (; _node.Read64(at) != 0; at += 16)
        {
            vector.Add(_node.Read64(at), _node.Read64(at + 8));
        }

        return vector;
    }
}
