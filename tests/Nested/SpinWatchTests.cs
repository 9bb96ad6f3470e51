using Shouldly;
using Xunit;

namespace Dilaton.Tests.Nested;

public sealed class SpinWatchTests
{
    private const ulong Loop = 0xffff_ffff_8141_8710;

    /// <summary>Now and then the hypervisor is seen instead.</summary>
    [Fact]
    public void AProcessorInALoopWithInterruptsOff_IsSeen()
    {
        SpinWatch watch = new();
        int looks = 1;
        while (!watch.Sees([At(Loop, true), looks % 7 == 0 ? At(0xffff_ffff_c06c_b328, false) : At(Loop + (ulong)(looks % 3), false)]))
        {
            looks++.ShouldBeLessThan(SpinWatch.Looks);
        }

        looks.ShouldBeGreaterThan(SpinWatch.Looks / 2);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 64)]
    public void OneThatTakesInterrupts_OrGoesOn_IsNot(bool takesInterrupts, ulong step)
    {
        SpinWatch watch = new();
        for (ulong look = 0; look < 3 * SpinWatch.Looks; look++)
        {
            watch.Sees([At(Loop + (look * step), takesInterrupts)]).ShouldBeFalse();
        }
    }

    private static ProcessorPlace At(ulong place, bool takesInterrupts) => new(place, takesInterrupts);
}
