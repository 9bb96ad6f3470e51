using Dilaton.Core;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>The local APIC's timer by virtual time: Intel SDM vol. 3A, "APIC Timer" and "Divide Configuration
/// Register".</summary>
public sealed class ApicTimerTests
{
    private const uint DivideByOne = 0xb;
    private readonly ApicTimer _timer = new();

    [Theory]
    [InlineData(0x0, 2)]
    [InlineData(0x1, 4)]
    [InlineData(0x2, 8)]
    [InlineData(0x3, 16)]
    [InlineData(0x8, 32)]
    [InlineData(0x9, 64)]
    [InlineData(0xa, 128)]
    [InlineData(0xb, 1)]
    public void ItCounts_EachDivisorsNanoseconds(int code, int divide)
    {
        uint register = (uint)code;
        ulong divisor = (ulong)divide;
        _timer.SetDivide(register | 0xffff_fff4, At(0));
        _timer.Divide.ShouldBe(register);
        _timer.SetInitial(100, At(7));
        _timer.Due.ShouldBe(At(7 + (100 * divisor)));
        _timer.CurrentAt(At(7)).ShouldBe(100u);
        _timer.CurrentAt(new VirtualTime(((7 + divisor) * 1000) - 1)).ShouldBe(100u);
        _timer.CurrentAt(At(7 + divisor)).ShouldBe(99u);
        _timer.CurrentAt(At(7 + (99 * divisor))).ShouldBe(1u);
    }

    [Fact]
    public void OneShot_ExpiresOnce_AtItsTimeAndNotBefore()
    {
        _timer.SetDivide(DivideByOne, At(0));
        _timer.SetInitial(50, At(10));
        _timer.TryExpire(At(59), isPeriodic: false, out _).ShouldBeFalse();
        _timer.TryExpire(At(75), isPeriodic: false, out VirtualTime due).ShouldBeTrue();
        due.ShouldBe(At(60));
        _timer.Due.ShouldBe(VirtualTime.MaxValue);
        _timer.CurrentAt(At(80)).ShouldBe(0u);
        _timer.Initial.ShouldBe(50u);
        _timer.TryExpire(At(1000), isPeriodic: false, out _).ShouldBeFalse();
    }

    /// <summary>Where the host is late nothing adds up: periods are counted from the first one's beginning.</summary>
    [Fact]
    public void Periodic_KeepsItsPeriod_HoweverLateItIsSeen()
    {
        _timer.SetDivide(DivideByOne, At(0));
        _timer.SetInitial(100, At(0));
        _timer.TryExpire(At(103), isPeriodic: true, out VirtualTime due).ShouldBeTrue();
        (due, _timer.Due).ShouldBe((At(100), At(200)));
        _timer.CurrentAt(At(103)).ShouldBe(97u);
        _timer.TryExpire(At(450), isPeriodic: true, out due).ShouldBeTrue();
        (due, _timer.Due).ShouldBe((At(200), At(500)));
        _timer.TryExpire(At(450), isPeriodic: true, out _).ShouldBeFalse();
        _timer.TryExpire(At(500), isPeriodic: true, out due).ShouldBeTrue();
        (due, _timer.Due).ShouldBe((At(500), At(600)));
    }

    [Fact]
    public void ACountOfZero_StopsIt()
    {
        _timer.SetInitial(100, At(0));
        _timer.SetInitial(0, At(5));
        _timer.Due.ShouldBe(VirtualTime.MaxValue);
        _timer.TryExpire(At(10_000), isPeriodic: true, out _).ShouldBeFalse();
    }

    [Fact]
    public void AnotherDivisor_LetsItGoOnFromItsCount()
    {
        _timer.SetDivide(DivideByOne, At(0));
        _timer.SetInitial(100, At(0));
        _timer.SetDivide(0, At(40));
        _timer.CurrentAt(At(40)).ShouldBe(60u);
        _timer.Due.ShouldBe(At(40 + 120));
        _timer.Initial.ShouldBe(100u);
    }

    [Fact]
    public void TheLongestCount_HasRoom()
    {
        _timer.SetDivide(0xa, At(0));
        _timer.SetInitial(uint.MaxValue, At(0));
        _timer.Due.ShouldBe(At(128 * (ulong)uint.MaxValue));
    }

    private static VirtualTime At(ulong nanoseconds) => new(nanoseconds * 1000);
}
