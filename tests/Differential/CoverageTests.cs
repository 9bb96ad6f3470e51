using Iced.Intel;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Differential;

public sealed class CoverageTests
{
    /// <summary>Encodings under test when this was last raised. It only ever rises.</summary>
    private const int Recorded = 1911;

    [Fact]
    public void EncodingsUnderTest_DoNotBecomeFewer() =>
        Encodings.Tested.Length.ShouldBeGreaterThanOrEqualTo(Recorded);

    [Fact]
    public void EveryEncodingUnderTest_RetiresInSomeCase()
    {
        using NativeRunner runner = new(128);
        List<Code> missed = [];
        foreach (Code code in Encodings.Tested)
        {
            bool hasRetired = false;
            for (int from = 0; from < SystematicCases.VariantsPerCode && !hasRetired; from += 4)
            {
                TestCase[] tests =
                [
                    .. Enumerable.Range(from, 4)
                        .Select(v => SystematicCases.TryMake(code, v, TestSettings.Seed))
                        .Where(t => t is not null).Select(t => t!),
                ];
                hasRetired = runner.Run(tests, isSingleStep: true).Any(r => r.Steps.Length > 1);
            }

            if (!hasRetired)
            {
                missed.Add(code);
            }
        }

        missed.ShouldBeEmpty();
    }

    [Fact]
    public void EveryOtherUserModeEncoding_IsLeftOutForAReason()
    {
        foreach (Code code in Enum.GetValues<Code>().Except(Encodings.Tested))
        {
            Encodings.WhyNot(code).ShouldNotBeNullOrEmpty();
        }
    }
}
