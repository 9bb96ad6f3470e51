using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

public sealed class LegacyPicsTests
{
    private readonly LegacyPics _pics = new();

    /// <summary>As Linux looks for them (arch/x86/kernel/i8259.c, probe_8259A and init_8259A).</summary>
    [Theory]
    [InlineData(0x20, 0x21)]
    [InlineData(0xa0, 0xa1)]
    public void TheyKeepTheirMasks_WhichInitializationClears(int commandPort, int dataPort)
    {
        ushort command = (ushort)commandPort;
        ushort data = (ushort)dataPort;
        _pics.TryWrite(data, 0xfb).ShouldBeTrue();
        Read(data).ShouldBe((byte)0xfb);
        _pics.TryWrite(command, 0x11).ShouldBeTrue();
        Read(data).ShouldBe((byte)0);
        foreach (byte word in new byte[] { 0x30, 4, 1 })
        {
            _pics.TryWrite(data, word);
            Read(data).ShouldBe((byte)0);
        }

        _pics.TryWrite(data, 0xfe);
        Read(data).ShouldBe((byte)0xfe);
        _pics.TryWrite(command, 0x20);
        Read(command).ShouldBe((byte)0);
        Read(data).ShouldBe((byte)0xfe);
    }

    [Fact]
    public void ASingleOne_ThatWantsNoFourthWord_HasOneWord()
    {
        _pics.TryWrite(0x20, 0x12);
        _pics.TryWrite(0x21, 0x30);
        _pics.TryWrite(0x21, 0x55);
        Read(0x21).ShouldBe((byte)0x55);
        Read(0xa1).ShouldBe((byte)0xff);
    }

    [Fact]
    public void OtherPorts_AreNotTheirs()
    {
        _pics.TryWrite(0x4d1, 0x0e);
        (Read(0x4d0), Read(0x4d1)).ShouldBe(((byte)0, (byte)0x0e));
        foreach (ushort port in new ushort[] { 0x1f, 0x22, 0x40, 0x70, 0xa2, 0x4d2 })
        {
            _pics.TryRead(port, out _).ShouldBeFalse();
            _pics.TryWrite(port, 0).ShouldBeFalse();
        }
    }

    private byte Read(ushort port)
    {
        _pics.TryRead(port, out byte value).ShouldBeTrue();
        return value;
    }
}
