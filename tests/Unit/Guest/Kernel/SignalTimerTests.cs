using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>When timers send their signals, in virtual time.</summary>
[Collection(GuestWindow.Name)]
public sealed class SignalTimerTests : IDisposable
{
    private const int SetAction = 13;
    private const int SetMask = 14;
    private const int NanoSleep = 35;
    private const int SetInterval = 38;
    private const int TimedWait = 128;
    private const int Create = 222;
    private const int SetTimer = 223;
    private const int GetTimer = 224;
    private const int GetOverrun = 225;
    private const ulong Alarm = 14;
    private const ulong Profile = 27;
    private const ulong User1 = 10;
    private const ulong Handler = 0x40_0123;
    private const ulong Room = FakeNode.Data + 0x100;
    private const ulong Stack = FakeNode.Data + 0xF00;

    private readonly FakeNode _node = new(2);

    public void Dispose() => _node.Dispose();

    [Fact]
    public void RunningThread_IsStoppedAtTheTimeAndNoSooner()
    {
        Handle(Alarm);
        Interval(0, firstUs: 10_000, everyUs: 0);
        _node.Advance(VirtualDuration.FromNanoseconds(9_999_999));
        _node[0].Registers.Rip.ShouldNotBe(Handler);
        _node[0].PreemptAt.ShouldBe(VirtualTime.MaxValue);
        _node.Advance(VirtualDuration.FromNanoseconds(1));
        _node[0].Registers.Rip.ShouldBe(Handler);
    }

    [Fact]
    public void CpuTimer_GoesTwiceAsFastForTwoThreads()
    {
        _node.Clone(0);
        Handle(Profile);
        Interval(2, firstUs: 10_000, everyUs: 0);
        _node.Advance(VirtualDuration.FromNanoseconds(4_999_999));
        _node[0].Registers.Rip.ShouldNotBe(Handler);
        _node.Advance(VirtualDuration.FromNanoseconds(1));
        _node[0].Registers.Rip.ShouldBe(Handler);
    }

    [Fact]
    public void CpuTimer_StandsWhileAllSleep()
    {
        Handle(Profile);
        Interval(2, firstUs: 10_000, everyUs: 0);
        _node.Write(Room + 0x80, 1UL);
        _node.Write(Room + 0x88, 0UL);
        _node.Call(0, NanoSleep, Room + 0x80, 0).ShouldBeNull();
        _node.Advance(VirtualDuration.FromMilliseconds(1000));
        _node[0].Registers.Rip.ShouldNotBe(Handler);
        _node.Advance(VirtualDuration.FromMilliseconds(10));
        _node[0].Registers.Rip.ShouldBe(Handler);
    }

    [Fact]
    public void PendingTimer_RestsAndTellsItsOverruns()
    {
        Mask(1UL << 9);
        int timer = NewTimer(User1);
        Arm(timer, firstNs: 1_000_000, everyNs: 1_000_000);
        _node.Advance(VirtualDuration.FromNanoseconds(5_500_000));
        _node.Write(Room, 1UL << 9);
        _node.Call(0, TimedWait, Room, Room + 0x80, 0, 8).ShouldBe((long)User1);
        _node.Read(Room + 0x80 + 8).ShouldBe(unchecked((uint)-2), "SI_TIMER");
        _node.Read(Room + 0x80 + 20).ShouldBe(4u, "of five periods one is the signal");
        _node.Call(0, GetOverrun, (ulong)timer).ShouldBe(4);
        _node.Call(0, GetTimer, (ulong)timer, Room + 0x80).ShouldBe(0);
        _node.Read64(Room + 0x80 + 24).ShouldBe(500_000UL, "the next period began on time");
    }

    [Fact]
    public void SettingATimerAnew_TakesItsPendingSignalBack()
    {
        Mask(1UL << 9);
        int timer = NewTimer(User1);
        Arm(timer, firstNs: 1_000_000, everyNs: 0);
        _node.Advance(VirtualDuration.FromMilliseconds(2));
        _node.Kernel.Process.Signals.Queue.Pending.ShouldBe(1UL << 9);
        Arm(timer, firstNs: 0, everyNs: 0);
        _node.Kernel.Process.Signals.Queue.Pending.ShouldBe(0UL);
    }

    [Fact]
    public void IgnoredPeriodicTimer_IsNotForgotten()
    {
        int timer = NewTimer(17);
        Arm(timer, firstNs: 100_000, everyNs: 100_000);
        _node.Advance(VirtualDuration.FromMilliseconds(5));
        Handle(17);
        _node.Advance(VirtualDuration.FromMilliseconds(2));
        _node[0].Registers.Rip.ShouldBe(Handler);
    }

    [Fact]
    public void SignalThatComesWithAnotherThreadsWake_IsNotPutOffToTheEndOfTheTurn()
    {
        int second = _node.Clone(0);
        Handle(User1);
        _node[1].Registers.Rsp = Stack;
        _node.Call(0, 234, 1000, (ulong)second, User1).ShouldBe(0);

        // A third and a fourth thread: one waits behind each vCPU's running thread.
        _node.Call(0, 56, 0x3d0f00, 0x40_3000, 0, 0, 0);
        _node.Call(0, 56, 0x3d0f00, 0x40_3000, 0, 0, 0);
        _node[1].PreemptAt.ShouldBe(_node.Now);
        _node.Kernel.Preempt(_node[1]).Action.ShouldBe(KernelAction.Resume);
        _node[1].Registers.Rip.ShouldBe(Handler);
        _node[1].PreemptAt.ShouldBe(_node.Now + VirtualDuration.FromMilliseconds(4));
    }

    private void Handle(ulong signal)
    {
        _node.Write(Room, Handler);
        _node.Write(Room + 8, 0x0400_0000UL);
        _node.Write(Room + 16, 0x40_0200UL);
        _node.Write(Room + 24, 0UL);
        _node.Call(0, SetAction, signal, Room, 0, 8).ShouldBe(0);
        _node[0].Registers.Rsp = Stack;
    }

    private void Interval(ulong which, ulong firstUs, ulong everyUs)
    {
        _node.Write(Room, 0UL);
        _node.Write(Room + 8, everyUs);
        _node.Write(Room + 16, 0UL);
        _node.Write(Room + 24, firstUs);
        _node.Call(0, SetInterval, which, Room, 0).ShouldBe(0);
    }

    private int NewTimer(ulong signal)
    {
        _node.Write(Room, 0UL);
        _node.Write(Room + 8, (uint)signal);
        _node.Write(Room + 12, 0u);
        _node.Write(Room + 16, 0UL);
        _node.Call(0, Create, 1, Room, Room + 0x40).ShouldBe(0);
        return (int)_node.Read(Room + 0x40);
    }

    private void Arm(int timer, ulong firstNs, ulong everyNs)
    {
        _node.Write(Room, 0UL);
        _node.Write(Room + 8, everyNs);
        _node.Write(Room + 16, 0UL);
        _node.Write(Room + 24, firstNs);
        _node.Call(0, SetTimer, (ulong)timer, 0, Room, 0).ShouldBe(0);
    }

    private void Mask(ulong mask)
    {
        _node.Write(Room, mask);
        _node.Call(0, SetMask, 2, Room, 0, 8).ShouldBe(0);
    }
}
