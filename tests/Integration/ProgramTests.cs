using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Every test program, linked every way, gives native output byte for byte.</summary>
public sealed class ProgramTests
{
    public static TheoryData<string, string> Quick => Pairs("static", "dynamic");

    public static TheoryData<string, string> StaticPie => Pairs("static-pie");

    public static TheoryData<string, string> Musl
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string kind in new[] { "musl", "musl-dynamic" })
            {
                foreach (string program in Programs.Plain.Concat(Programs.Threaded))
                {
                    data.Add(program, kind);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Quick))]
    public void Program_GivesNativeOutput(string program, string kind) => Compare(program, kind);

    [Theory]
    [MemberData(nameof(StaticPie))]
    [Trait("Tier", "slow")]
    public void StaticPie_GivesNativeOutput(string program, string kind) => Compare(program, kind);

    [RequiresTheory("/usr/bin/musl-gcc")]
    [MemberData(nameof(Musl))]
    [Trait("Tier", "slow")]
    public void MuslProgram_GivesNativeOutput(string program, string kind) =>
        Compare(program, kind);

    [Theory]
    [InlineData("static")]
    [InlineData("dynamic")]
    public void ArgumentsInputAndErrors_ComeThroughUntouched(string kind)
    {
        string[] arguments = ["", "a b", "--", "-o", "\u00e9\u4e2d", "x=y"];
        var settings = new CommandSettings { Input = "first\nsecond line\n\nno newline at the end" };
        CommandResult native = Run.Native(Paths.Guest("echo", kind), arguments, settings);
        Run run = Run.Of([], Paths.Guest("echo", kind), arguments, settings);
        run.Output.ShouldBe(native.Output);
        run.Error.ShouldBe(native.Error);
        run.GuestExitCode.ShouldBe(7);
        run.ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(255, 1)]
    public void ExitCodeOfTheGuest_IsKeptInTheResult(int code, int ours)
    {
        Run run = Run.Of(Paths.Guest("die"), "exit", code.ToString());
        run.GuestExitCode.ShouldBe(code);
        run.ExitCode.ShouldBe(ours);
    }

    private static TheoryData<string, string> Pairs(params string[] kinds)
    {
        var data = new TheoryData<string, string>();
        foreach (string kind in kinds)
        {
            foreach (string program in Programs.All)
            {
                data.Add(program, kind);
            }
        }

        return data;
    }

    private static void Compare(string program, string kind)
    {
        string path = Paths.Guest(program, kind);
        string[] arguments = program == "clock" ? ["50"] : [];
        CommandResult native = Run.Native(path, arguments);
        Run run = Run.Of([], path, arguments);
        run.Output.ShouldBe(native.Output, run.Error);
        if (program != "openmp")
        {
            run.Error.ShouldBe(native.Error);
        }

        run.GuestExitCode.ShouldBe(native.ExitCode);
        run.ExitCode.ShouldBe(native.ExitCode == 0 ? 0 : 1);
    }
}
