using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Net;

public sealed class InternetChecksumTests
{
    [Fact]
    public void Of_IsTheExampleOfTheRfc()
    {
        // RFC 1071, section 3: the sum is ddf2.
        byte[] bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        InternetChecksum.Of(bytes).ShouldBe((ushort)0x220d);
    }

    [Fact]
    public void Of_IsTheSumWordByWord_ForAnyLength()
    {
        SeededRandom random = new(Seeded.Seed);
        for (int length = 0; length < 200; length++)
        {
            byte[] bytes = new byte[length];
            random.Fill(bytes);
            uint sum = 0;
            for (int i = 0; i < length; i++)
            {
                sum += (uint)(i % 2 == 0 ? bytes[i] << 8 : bytes[i]);
                sum = (sum & 0xffff) + (sum >> 16);
            }

            InternetChecksum.Of(bytes).ShouldBe((ushort)~sum);
        }
    }
}
