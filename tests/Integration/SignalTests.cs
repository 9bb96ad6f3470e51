using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Programs made of small cases around signals and code made at run time: their native output is the oracle.</summary>
public sealed class SignalTests
{
    private const int CasesMin = 40;

    private static readonly string[] s_programs = ["handlers", "frames", "faults", "interrupts", "timers", "jit"];

    public static TheoryData<string, string> Programs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string program in s_programs)
            {
                foreach (string level in new[] { "off", "filtered", "full" })
                {
                    data.Add(program, level);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Repeated => [.. s_programs];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Cases_GiveNativeOutputAtEveryEventLevel(string program, string level)
    {
        string path = Paths.Guest(program);
        CommandResult native = Run.Native(path, []);
        Run run = Run.Of(["--events", level, "--cores", "2"], path, []);
        run.Output.ShouldBe(native.Output, run.Error);
        run.GuestExitCode.ShouldBe(0);
        run.AddsUp(2);
    }

    [Theory]
    [MemberData(nameof(Repeated))]
    public void SameProgram_GivesTheSameBytesTwice(string program)
    {
        string path = Paths.Guest(program);
        Run first = Run.Of(["--events", "full"], path, []);
        Run second = Run.Of(["--events", "full"], path, []);
        second.Deterministic.ShouldBe(first.Deterministic);
    }

    [Fact]
    public void Cases_AreManyAndEachSaysSomething()
    {
        string[] lines = [.. s_programs.SelectMany(p =>
            Run.Native(Paths.Guest(p), []).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        lines.Length.ShouldBeGreaterThanOrEqualTo(CasesMin);
        lines.ShouldAllBe(l => l.Contains(": ", StringComparison.Ordinal));
    }
}
