using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>What the kernel does with signals, seen from the registers and from time.</summary>
[Collection(GuestWindow.Name)]
public sealed class SignalKernelTests : IDisposable
{
    private const int SetAction = 13;
    private const int SetMask = 14;
    private const int SignalReturn = 15;
    private const int NanoSleep = 35;
    private const int Suspend = 130;
    private const int Futex = 202;
    private const int ThreadKill = 234;
    private const ulong User1 = 10;
    private const ulong User2 = 12;
    private const ulong Handler = 0x40_0123;
    private const ulong Restorer = 0x40_0200;
    private const ulong RestorerFlag = 0x0400_0000;
    private const ulong Restart = 0x1000_0000;
    private const ulong SignalInformation = 4;
    private const ulong Stack = FakeNode.Data + 0xF00;
    private const ulong Interrupted = unchecked((ulong)-4);

    private readonly FakeNode _node = new(2);

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Handler_StartsAtTheEndOfTheCallAndReturnsToIt()
    {
        Handle(User1, SignalInformation);
        _node[0].Registers.Rip = 0x40_0150;
        _node[0].Registers.Rbx = 77;
        _node.Call(0, ThreadKill, 1000, 1000, User1);
        ref GuestRegisters r = ref _node[0].Registers;
        r.Rip.ShouldBe(Handler);
        r.Rdi.ShouldBe(User1);
        (r.Rsp % 16).ShouldBe(8UL);
        r.Rsp.ShouldBeLessThan(Stack - 128);
        _node.Read64(r.Rsp).ShouldBe(Restorer);
        _node.Read(r.Rsi).ShouldBe((uint)User1);
        r.Rsp += 8; // As the handler's ret does.
        r.Rbx = 5;
        _node.Call(0, SignalReturn).ShouldBe(0);
        r.Rip.ShouldBe(0x40_0150UL);
        r.Rsp.ShouldBe(Stack);
        r.Rbx.ShouldBe(77UL);
    }

    [Fact]
    public void Handler_CostsTheSignalClassOnTopOfItsCall()
    {
        Handle(User1, 0);
        _node[0].Registers.Rsp = Stack;
        _node.Call(0, ThreadKill, 1000, 1000, User1);
        KernelCharge charge = _node.LastOutcome.Charge;
        charge.Class.ShouldBe(KernelCostClass.Trivial);
        charge.Signals.ShouldBe(1u);
        charge.CopiedBytes.ShouldBe(312UL + 836UL, "ucontext and vector state");
        VirtualDuration plain = KernelCosts.Typical.Time(charge with { Signals = 0 });
        KernelCosts.Typical.Time(charge).ShouldBe(plain + VirtualDuration.FromMicroseconds(1));
        Frequency hertz = new(2_000_000_000);
        KernelCosts.Typical.Cycles(charge, hertz).ShouldBe(
            KernelCosts.Typical.Cycles(charge with { Signals = 0 }, hertz) + 2000);
    }

    [Fact]
    public void SleepingThread_IsWokenAndToldWhatIsLeft()
    {
        int second = _node.Clone(0);
        Handle(User1, 0);
        _node[1].Registers.Rsp = Stack;
        _node.Write(FakeNode.Data + 0x100, 1UL);
        _node.Write(FakeNode.Data + 0x108, 0UL);
        _node.Call(1, NanoSleep, FakeNode.Data + 0x100, FakeNode.Data + 0x200).ShouldBeNull();
        _node.Advance(VirtualDuration.FromMilliseconds(250));
        _node.Call(0, ThreadKill, 1000, (ulong)second, User1).ShouldBe(0);
        _node.DispatchAll();
        _node[1].Registers.Rip.ShouldBe(Handler);
        _node.Read64(FakeNode.Data + 0x208).ShouldBe(750_000_000UL);
        Return(1).ShouldBe(Interrupted);
    }

    [Theory]
    [InlineData(0UL, false)]
    [InlineData(Restart, true)]
    public void FutexWait_FailsOrIsMadeAgain(ulong flags, bool isAgain)
    {
        int second = _node.Clone(0);
        Handle(User1, flags);
        _node[1].Registers.Rsp = Stack;
        _node[1].Registers.Rip = 0x40_0150;
        _node.Write(FakeNode.Data, 3u);
        _node.Call(1, Futex, FakeNode.Data, 128, 3).ShouldBeNull();
        _node.Call(0, ThreadKill, 1000, (ulong)second, User1).ShouldBe(0);
        _node.DispatchAll();
        Return(1).ShouldBe(isAgain ? (ulong)Futex : Interrupted);
        _node[1].Registers.Rip.ShouldBe(isAgain ? 0x40_014EUL : 0x40_0150UL);
        _node.Call(0, Futex, FakeNode.Data, 129, 1).ShouldBe(0, "nobody waits there any more");
    }

    [Fact]
    public void RunningThread_IsPreemptedAtTheTimeOfTheSignal()
    {
        int second = _node.Clone(0);
        Handle(User1, 0);
        _node[1].Registers.Rsp = Stack;
        _node.Call(0, ThreadKill, 1000, (ulong)second, User1).ShouldBe(0);
        _node[1].PreemptAt.ShouldBe(_node.Now);
        KernelOutcome outcome = _node.Kernel.Preempt(_node[1]);
        outcome.Action.ShouldBe(KernelAction.Resume);
        outcome.Charge.Signals.ShouldBe(1u);
        _node[1].Registers.Rip.ShouldBe(Handler);
    }

    [Fact]
    public void SignalToTheProcess_GoesToAThreadThatTakesIt()
    {
        _node.Clone(0);
        Handle(User1, 0);
        _node[1].Registers.Rsp = Stack;
        Mask(0, 1UL << 9);
        _node.Call(0, 62, 1000, User1).ShouldBe(0);
        _node.Kernel.Preempt(_node[1]);
        _node[1].Registers.Rip.ShouldBe(Handler);
        _node[0].Registers.Rip.ShouldNotBe(Handler);
    }

    [Fact]
    public void SignalThatNobodyTakes_GoesToTheFirstThatUnblocksIt()
    {
        _node.Clone(0);
        Handle(User1, 0);
        Mask(0, 1UL << 9);
        Mask(1, 1UL << 9);
        _node.Call(0, 62, 1000, User1).ShouldBe(0);
        _node[1].Registers.Rsp = Stack;
        Mask(1, 0);
        _node[1].Registers.Rip.ShouldBe(Handler);
    }

    [Fact]
    public void BlockingASignalThatWasMeantForTheThread_HandsItToAnother()
    {
        _node.Clone(0);
        Handle(User1, 0);
        _node[1].Registers.Rsp = Stack;
        Mask(1, 1UL << 9);
        _node.Write(FakeNode.Data + 0x80, 1UL << 9);
        _node.Call(1, SetMask, 2, FakeNode.Data + 0x80, 0, 8);
        _node.Call(1, 62, 1000, User1).ShouldBe(0, "the first thread is to take it");
        _node[0].PreemptAt.ShouldBe(_node.Now);
        Mask(0, 1UL << 9);
        Mask(1, 0);
        _node[1].Registers.Rip.ShouldBe(Handler);
    }

    [Fact]
    public void Suspend_RunsTheHandlerUnderItsMaskAndRestoresTheOld()
    {
        Handle(User1, 0);
        Handle(User2, 0);
        Mask(0, (1UL << 9) | (1UL << 11));
        _node.Call(0, 62, 1000, User1).ShouldBe(0);
        _node[0].Registers.Rsp = Stack;
        _node.Write(FakeNode.Data + 0x80, 1UL << 11);
        _node.Call(0, Suspend, FakeNode.Data + 0x80, 8);
        _node[0].Registers.Rip.ShouldBe(Handler);
        ThreadSignals signals = _node.Kernel.Process.Threads[0].Signals;
        signals.Blocked.ShouldBe((1UL << 9) | (1UL << 11));
        Return(0).ShouldBe(Interrupted);
        signals.Blocked.ShouldBe((1UL << 9) | (1UL << 11));
    }

    [Fact]
    public void Fault_WithAHandlerGoesOnInIt()
    {
        Handle(11, SignalInformation);
        _node[0].Registers.Rsp = Stack;
        KernelOutcome outcome = _node.Kernel.Fault(_node[0], Fault(0x10));
        outcome.Action.ShouldBe(KernelAction.Resume);
        outcome.Charge.Signals.ShouldBe(1u);
        ulong information = _node[0].Registers.Rsi;
        _node.Read(information + 8).ShouldBe(1u, "SEGV_MAPERR");
        _node.Read64(information + 16).ShouldBe(0x10UL);
    }

    [Fact]
    public void Fault_WhoseSignalIsBlockedKills()
    {
        Handle(11, 0);
        Mask(0, 1UL << 10);
        _node.Kernel.Fault(_node[0], Fault(0x10)).Action.ShouldBe(KernelAction.NodeEnded);
        _node.Kernel.Exit!.Message.ShouldStartWith("killed by SIGSEGV (write of 0x10)");
    }

    [Fact]
    public void HandlerWithoutAStack_Kills()
    {
        Handle(11, 0);
        _node[0].Registers.Rsp = 64;
        _node.Kernel.Fault(_node[0], Fault(0x10)).Action.ShouldBe(KernelAction.NodeEnded);
        _node.Kernel.Exit!.Message.ShouldContain("no room on its stack");
    }

    private static VcpuExit Fault(ulong address) => new()
    {
        Reason = ExitReason.Fault,
        Instructions = 0,
        Units = 0,
        Vector = FaultVector.PageFault,
        Access = FaultAccess.Write,
        FaultAddress = address,
    };

    private void Handle(ulong signal, ulong flags)
    {
        ulong action = FakeNode.Data + 0x40;
        _node.Write(action, Handler);
        _node.Write(action + 8, flags | RestorerFlag);
        _node.Write(action + 16, Restorer);
        _node.Write(action + 24, 0UL);
        _node.Call(0, SetAction, signal, action, 0, 8).ShouldBe(0);
        _node[0].Registers.Rsp = Stack;
    }

    private void Mask(int vcpu, ulong mask)
    {
        _node.Write(FakeNode.Data + 0x80, mask);
        _node.Call(vcpu, SetMask, 2, FakeNode.Data + 0x80, 0, 8);
    }

    private ulong Return(int vcpu)
    {
        _node[vcpu].Registers.Rsp += 8;
        return (ulong)_node.Call(vcpu, SignalReturn)!.Value;
    }
}
