using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Net;

public sealed class HeaderTests
{
    private static readonly Ipv4Address s_one = new(0x0a00_0001);
    private static readonly Ipv4Address s_two = new(0x0a00_0002);

    [Fact]
    public void Ipv4_IsAsTheRfcDrawsIt()
    {
        byte[] packet = new byte[20 + 99];
        new Ipv4Header
        {
            Source = s_one,
            Destination = s_two,
            Protocol = 17,
            PayloadBytes = 99,
            TimeToLive = 64,
            Identification = 0x1234,
            MayNotFragment = true,
        }.Write(packet);
        Convert.ToHexStringLower(packet[..20])
            .ShouldBe("4500007712344000401114400a0000010a000002");
        Ipv4Header.TryRead(packet, out Ipv4Header read).ShouldBeTrue();
        read.Source.ShouldBe(s_one);
        read.PayloadBytes.ShouldBe(99);
        read.MayNotFragment.ShouldBeTrue();
        read.IsFragment.ShouldBeFalse();
    }

    [Fact]
    public void Ipv4_WithAnyBitOfTheHeaderWrong_IsRefused()
    {
        byte[] packet = new byte[60];
        new Ipv4Header
        {
            Source = s_one,
            Destination = s_two,
            Protocol = 6,
            PayloadBytes = 40,
            TimeToLive = 64,
        }.Write(packet);
        for (int bit = 0; bit < 160; bit++)
        {
            byte[] damaged = [.. packet];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Ipv4Header.TryRead(damaged, out _).ShouldBeFalse($"bit {bit}");
        }
    }

    [Fact]
    public void Ipv4_FragmentsComeBackAsTheyWere()
    {
        byte[] packet = new byte[1500];
        Ipv4Header header = new()
        {
            Source = s_one,
            Destination = s_two,
            Protocol = 17,
            PayloadBytes = 1480,
            TimeToLive = 3,
            OffsetBytes = 65_528 / 2 / 8 * 8,
            HasMoreFragments = true,
            HeaderBytes = 20,
        };
        header.Write(packet);
        Ipv4Header.TryRead(packet, out Ipv4Header read).ShouldBeTrue();
        read.ShouldBe(header);
    }

    [Theory]
    [InlineData(1460, null)]
    [InlineData(536, (byte)0)]
    [InlineData(9176, (byte)14)]
    public void TcpSyn_CarriesItsOptions(int segment, byte? scale)
    {
        byte[] bytes = new byte[TcpHeader.SynSizeBytes];
        TcpHeader header = new()
        {
            SourcePort = 1,
            DestinationPort = 65_535,
            Sequence = 0xdead_beef,
            Acknowledgment = 7,
            Flags = TcpFlags.Syn | TcpFlags.Acknowledge,
            Window = 0x1234,
            SegmentSize = segment,
            WindowScale = scale,
            HeaderBytes = TcpHeader.SynSizeBytes,
        };
        header.Write(bytes);
        TcpHeader.TryRead(bytes, out TcpHeader read).ShouldBeTrue();
        read.ShouldBe(header);
    }

    [Theory]
    [InlineData("0101080a0102030405060708", null, null)] // NOP, NOP, timestamps
    [InlineData("020405b4", 1460, null)]
    [InlineData("0402030309020000", null, 9)] // SACK permitted, scale, then a damaged one
    [InlineData("03030f00", null, 14)] // RFC 7323: at most 14
    [InlineData("02ff05b4", null, null)]
    [InlineData("00020405", null, null)]
    public void TcpOptions_ThatAreUnknownOrDamagedAreSkipped(string hex, int? segment, int? scale)
    {
        byte[] options = Convert.FromHexString(hex);
        byte[] bytes = [.. new byte[20], .. options];
        bytes[12] = (byte)(bytes.Length / 4 << 4);
        bytes[13] = (byte)TcpFlags.Syn;
        TcpHeader.TryRead(bytes, out TcpHeader read).ShouldBeTrue();
        read.SegmentSize.ShouldBe(segment);
        ((int?)read.WindowScale).ShouldBe(scale);
    }

    [Fact]
    public void Arp_ComesBackAsItWas()
    {
        byte[] bytes = new byte[ArpPacket.SizeBytes];
        ArpPacket packet = new(
            ArpPacket.Request, new MacAddress(0x0200_0000_0001), s_one, default, s_two);
        packet.Write(bytes);
        ArpPacket.TryRead(bytes, out ArpPacket read).ShouldBeTrue();
        read.ShouldBe(packet);
        bytes[7] = 3;
        ArpPacket.TryRead(bytes, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("02:00:00:00:00:0a", true)]
    [InlineData("2:0:0:0:0:a", false)]
    [InlineData("02:00:00:00:00", false)]
    [InlineData("02:00:00:00:00:0g", false)]
    public void MacAddress_IsParsedStrictly(string text, bool isRight)
    {
        MacAddress.TryParse(text, out MacAddress address).ShouldBe(isRight);
        if (isRight)
        {
            address.ToString().ShouldBe(text);
        }
    }

    [Theory]
    [InlineData("10.0.0.255", true)]
    [InlineData("010.0.0.1", false)]
    [InlineData("10.0.1", false)]
    [InlineData("10.0.0.256", false)]
    [InlineData("10.0.0.-1", false)]
    public void Ipv4Address_IsParsedStrictly(string text, bool isRight)
    {
        Ipv4Address.TryParse(text, out Ipv4Address address).ShouldBe(isRight);
        if (isRight)
        {
            address.ToString().ShouldBe(text);
        }
    }
}
