using Shouldly;
using Xunit;

namespace Dilaton.Tests.Differential;

public sealed class NativeRunnerTests
{
    private const ulong Seed = 1;

    [Fact]
    public void SingleSteppedRuns_EndAsStraightOnesDo()
    {
        using NativeRunner runner = new();
        List<TestCase> tests = [.. Enumerable.Range(0, 160).Select(
            i => BlockGenerator.Make(Seed + (ulong)i))];
        NativeResult[] stepped = runner.Run(tests, isSingleStep: true);
        for (int i = tests.Count - 1; i >= 0; i--)
        {
            if (stepped[i].EndedByStepLimit)
            {
                tests.RemoveAt(i);
                stepped = [.. stepped[..i], .. stepped[(i + 1)..]];
            }
        }

        tests.Count.ShouldBeGreaterThan(100);
        NativeResult[] straight = runner.Run(tests, isSingleStep: false);
        for (int i = 0; i < tests.Count; i++)
        {
            CpuState.Difference(stepped[i].End, straight[i].End).ShouldBe("", tests[i].Name);
            straight[i].Vector.ShouldBe(stepped[i].Vector, tests[i].Name);
            straight[i].Image.ShouldBe(stepped[i].Image, tests[i].Name);
        }
    }

    [Theory]
    [InlineData("f4", 13)] // hlt
    [InlineData("0f0b", 6)] // ud2
    [InlineData("31c9f7f1", 0)] // xor ecx, ecx; div ecx
    [InlineData("8b042500000100", 14)] // mov eax, [0x10000]
    [InlineData("f1", 1)] // int1
    public void Faults_AreToldWithTheirVector(string code, int vector)
    {
        using NativeRunner runner = new(16);
        TestCase test = GoldenVector.Blank("fault");
        Convert.FromHexString(code).CopyTo(test.Memory(test.Begin.Rip, code.Length / 2));
        runner.Run(test, isSingleStep: false).Vector.ShouldBe(vector);
    }

    [Fact]
    public void SystemCalls_DoNotReachTheHost()
    {
        using NativeRunner runner = new(16);
        TestCase test = GoldenVector.Blank("system call");
        test.Begin.Registers.Rax = 60; // exit
        new byte[] { 0x0F, 0x05 }.CopyTo(test.Memory(test.Begin.Rip, 2));
        NativeResult result = runner.Run(test, isSingleStep: true);
        result.EndedBySystemCall.ShouldBeTrue();
        result.End.Rip.ShouldBe(test.Begin.Rip + 2);
    }
}
