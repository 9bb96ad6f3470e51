using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

public class AddressWindowTests
{
    /// <summary>Where Linux puts a host process's own image, lowest: two thirds of user space.
    /// </summary>
    private const ulong HostImage = 0x5555_5555_4000;

    [Fact]
    public void First_IsTheLayoutItself()
    {
        AddressWindow first = AddressWindow.OfNode(0);

        first.ShouldBe(AddressWindow.First);
        first.Start.ShouldBe(0UL);
        first.StackTop.ShouldBe(GuestLayout.StackTop);
        first.EngineStart.ShouldBe(GuestLayout.EngineStart);
    }

    [Fact]
    public void Windows_FollowEachOther_AndLeaveTheHostItsOwn()
    {
        new AddressWindow(1).Start.ShouldBe(AddressWindow.First.End);
        new AddressWindow(AddressWindow.CountMax - 1).End.ShouldBeLessThan(HostImage);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1279, 1279)]
    [InlineData(1280, 0)]
    [InlineData(2601, 41)]
    public void OfNode_StartsAnewBehindTheLast(int node, int window) =>
        AddressWindow.OfNode(node).Index.ShouldBe(window);

    [Fact]
    public void Everything_LiesInItsWindow_AndTheEngineNearItsCode()
    {
        AddressWindow window = new(700);
        ulong[] order =
        [
            window.Start, window.LowestAddress, window.PositionIndependentImage,
            window.ModulesStart, window.EngineStart, window.CodeEnd, window.EngineEnd,
            window.AnonymousEnd, window.StackTop, window.End,
        ];

        order.ShouldBe(order.Order());
        (window.CodeEnd - window.LowestAddress).ShouldBeLessThan(1UL << 31);
        window.MayHoldCode(window.EngineStart - 1).ShouldBeTrue();
        window.MayHoldCode(window.EngineStart).ShouldBeFalse();
        window.MayHoldCode(window.Start - 1).ShouldBeFalse();
        window.Contains(window.End - 1).ShouldBeTrue();
        window.Contains(window.End).ShouldBeFalse();
        ((ulong)window.UpperHalf << 32).ShouldBe(window.Start);
    }
}
