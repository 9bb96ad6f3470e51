using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

[Collection(GuestWindow.Name)]
public sealed class StackWalkTests : IDisposable
{
    private const ulong Stack = 0x40_2000;
    private const ulong Inner = 0x40_0205;
    private const ulong Outer = 0x40_0302;
    private const ulong NoCall = 0x40_0400;

    private readonly AddressSpace _space = new(new AddressSpaceOptions
    {
        LimitBytes = 32 << 20,
        Addressing = MemoryAddressing.FirstTouch,
    });

    public StackWalkTests()
    {
        byte[] program = ElfBuilder.Program().Build();
        program[0x200] = 0xE8; // call by distance: 5 bytes
        program[0x300] = 0xFF; // call *%rax: 2 bytes
        program[0x301] = 0xD0;
        _ = new ProgramLoader(_space, new FakeFiles { ["/bin/test"] = program }).Load("/bin/test");
    }

    public void Dispose() => _space.Dispose();

    [Fact]
    public void Frames_FollowTheChain_UntilItGoesBack()
    {
        Write(Stack + 0x10, Stack + 0x40, Inner);
        Write(Stack + 0x40, Stack + 0x20, Outer);
        Write(Stack + 0x20, Stack + 0x60, Inner);
        Frames(Stack + 0x10).ShouldBe([Inner, Outer]);
    }

    [Theory]
    [InlineData(Stack + 0x14, Inner)]
    [InlineData(Stack - 0x10, Inner)]
    [InlineData(Stack + 0x10, NoCall)]
    [InlineData(Stack + 0x10, 0x1234)]
    [InlineData(0xffff_ffff_ffff_fff8, Inner)]
    public void Frames_AreNotInvented(ulong frame, ulong caller)
    {
        Write(Stack - 0x10, Stack + 0x40, caller);
        Write(Stack + 0x10, Stack + 0x40, caller);
        Frames(frame).ShouldBeEmpty();
    }

    [Fact]
    public void Callers_AreTheWordsThatPointBehindACall()
    {
        Write(Stack, Inner, NoCall);
        Write(Stack + 0x10, 7, Outer);
        StackWalk.Callers(_space, Stack, 8).ShouldBe([Inner, Outer]);
        StackWalk.Callers(_space, Stack, 1).ShouldBe([Inner]);
    }

    [Fact]
    public void CallOfNothing_ReturnsToItsCaller()
    {
        Write(Stack, Inner, 0);
        var registers = new GuestRegisters { Rsp = Stack, Rip = 0x1234 };
        StackWalk.CallOfNothing(_space, registers).ShouldBe(Inner);
        registers.Rip = NoCall;
        StackWalk.CallOfNothing(_space, registers).ShouldBeNull();
    }

    private List<ulong> Frames(ulong frame) =>
        StackWalk.Frames(_space, new GuestRegisters { Rsp = Stack, Rbp = frame }, 8);

    private void Write(ulong address, ulong first, ulong second)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_space.Bytes(address, 8), first);
        BinaryPrimitives.WriteUInt64LittleEndian(_space.Bytes(address + 8, 8), second);
    }
}
