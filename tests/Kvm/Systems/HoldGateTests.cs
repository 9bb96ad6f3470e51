using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>vCPUs that are threads here; no KVM is needed.</summary>
public sealed class HoldGateTests
{
    private const int Count = 4;

    private readonly HoldGate _gate;
    private readonly List<string> _acts = [];
    private int _inGuest;
    private volatile bool _isOver;

    public HoldGateTests() => _gate = new HoldGate(
        Count,
        () => _acts.Add($"stop {Volatile.Read(ref _inGuest)}"),
        () => _acts.Add($"start {Volatile.Read(ref _inGuest)}"));

    private void RunVcpu()
    {
        while (!_isOver)
        {
            if (_gate.IsClosed)
            {
                _gate.Stand();
                continue;
            }

            Interlocked.Increment(ref _inGuest);
            Thread.Yield();
            Interlocked.Decrement(ref _inGuest);
        }

        _gate.Leave();
    }

    /// <summary>Clocks are stopped when no vCPU is in the guest, and started before any is again, once each.</summary>
    [Fact]
    public void StopAndStart_AreCalledInTurn_WithNobodyInTheGuest()
    {
        const int Rounds = 200;
        _gate.BeginClosed();
        Thread[] vcpus = [.. Enumerable.Range(0, Count).Select(_ => new Thread(RunVcpu))];
        Array.ForEach(vcpus, vcpu => vcpu.Start());
        int kicks = 0;
        for (int i = 0; i < Rounds; i++)
        {
            _gate.Open();
            _gate.Close(() => kicks++);
        }

        _isOver = true;
        _gate.Abandon();
        Array.ForEach(vcpus, vcpu => vcpu.Join());
        kicks.ShouldBe(Rounds);
        _acts.Take(2 * Rounds).ShouldBe(Enumerable.Repeat<string[]>(["start 0", "stop 0"], Rounds).SelectMany(acts => acts));
    }

    /// <summary>Opened before any vCPU has come: the first one starts the clocks all the same.</summary>
    [Fact]
    public void OpenedBeforeAVcpuCame_ItIsStarted()
    {
        _gate.BeginClosed();
        var opener = new Thread(_gate.Open);
        opener.Start();
        while ((opener.ThreadState & ThreadState.WaitSleepJoin) == 0)
        {
            Thread.Yield();
        }

        Thread[] vcpus = [.. Enumerable.Range(0, Count).Select(_ => new Thread(RunVcpu) { IsBackground = true })];
        Array.ForEach(vcpus, vcpu => vcpu.Start());
        opener.Join(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        _isOver = true;
        _gate.Abandon();
        Array.ForEach(vcpus, vcpu => vcpu.Join());
        _acts.ShouldBe(["start 0"]);
    }

    [Fact]
    public void WhenAllIsOver_NobodyIsWaitedFor()
    {
        Thread[] vcpus = [.. Enumerable.Range(0, Count).Select(_ => new Thread(RunVcpu))];
        Array.ForEach(vcpus, vcpu => vcpu.Start());
        _gate.Close(() =>
        {
            _isOver = true;
            _gate.Abandon();
        });
        Array.ForEach(vcpus, vcpu => vcpu.Join());
        _gate.Open();
        _gate.Close(() => { });
    }
}
