using Dilaton.Core;
using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>Time in which all vCPUs wait; no KVM is needed.</summary>
public sealed class IdleGateTests : IIdleMachine
{
    private readonly List<string> _calls = [];

    public VirtualTime Next { get; set; } = new(1_000);

    public bool HasWork { get; set; }

    [Fact]
    public void WhenAllWait_TheTimeOfWhatComesNextIsShown_AndTheFirstThatLeavesGoesOn()
    {
        using IdleGate gate = new(2, skips: true, this);
        gate.Wake(0);
        gate.Wait(0);
        _calls.ShouldBeEmpty("another one runs");
        gate.Wait(1);
        _calls.ShouldBe(["stand", "skip 1000", "deliver"]);
        gate.Leave(1);
        gate.Leave(0);
        _calls.ShouldBe(["stand", "skip 1000", "deliver", "go on"]);
        gate.Wake(1);
        gate.Wait(1);
        _calls.Count.ShouldBe(4, "the other one runs");
    }

    /// <summary>What has been taken from the times to come is work that some vCPU is about to take: to skip further
    /// would have it late.</summary>
    [Fact]
    public void NothingIsSkipped_WhileSomeVcpuHasWork()
    {
        HasWork = true;
        using IdleGate gate = new(1, skips: true, this);
        gate.Wake(0);
        gate.Wait(0);
        _calls.ShouldBe(["stand"]);
        gate.Leave(0);
        _calls.ShouldBe(["stand", "go on"]);
    }

    [Fact]
    public void WhereNothingComes_TheClockStands_UntilSomebodyWakesOne()
    {
        Next = VirtualTime.MaxValue;
        using IdleGate gate = new(1, skips: true, this);
        Thread vcpu = new(() => gate.Wait(0));
        vcpu.Start();
        gate.Wake(0);
        vcpu.Join();
        _calls.ShouldBe(["stand"]);
    }

    [Fact]
    public void WhereNothingIsSkipped_TheClockGoesOn()
    {
        using IdleGate gate = new(1, skips: false, this);
        gate.WakeAll();
        gate.Wait(0);
        gate.Leave(0);
        _calls.ShouldBeEmpty();
    }

    void IIdleMachine.StandStill() => _calls.Add("stand");

    void IIdleMachine.SkipTo(VirtualTime time) => _calls.Add($"skip {time.Picoseconds}");

    void IIdleMachine.GoOn() => _calls.Add("go on");

    void IIdleMachine.Deliver() => _calls.Add("deliver");
}
