using System.Diagnostics;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Validation;

/// <summary>The guests of `validate` are Linux programs: the host itself runs them too.</summary>
public sealed class GuestCodeTests
{
    [Fact]
    public void Counting_EndsNatively() => Native(LawGuests.Count(1_000)).Code.ShouldBe(0);

    [Fact]
    public void AChase_EndsNatively() => Native(LawGuests.Chase(1 << 20, 20_000)).Code.ShouldBe(0);

    [Fact]
    public void AFailingCall_EndsTheProgramWithItsCode()
    {
        GuestCode code = new();
        code.Call(GuestCall.Listen, 99, 1); // No such descriptor.
        code.Require(42);
        code.Exit();
        Native(code.ToImage()).Code.ShouldBe(42);
    }

    [Fact]
    public void Arithmetic_IsTheProcessors()
    {
        GuestCode code = new();
        ulong result = code.Data(new byte[8]);
        code.Set(Register.R13, 0xfedc_ba98_7654_3210);
        code.Set(Register.R9, 1_000_003);
        code.Multiply(Register.R13, Register.R9);
        code.ShiftRight(Register.R13, 5);
        code.Set(Register.Rdx, 0xffff_ffff);
        code.And(Register.R13, Register.Rdx);
        code.Add(Register.R13, Register.R9);
        code.Copy(Register.Rbx, Register.R13);
        code.Subtract(Register.Rbx, Register.Rdx);
        code.Set(Register.R8, result);
        code.Store(Register.Rbx, Register.R8);
        code.Call(GuestCall.Write, 1, result, 8);
        code.Exit();
        ulong expected = unchecked(
            (((0xfedc_ba98_7654_3210 * 1_000_003UL) >> 5) & 0xffff_ffff) + 1_000_003 - 0xffff_ffff);
        (int exit, byte[] output) = Native(code.ToImage());
        exit.ShouldBe(0);
        BitConverter.ToUInt64(output).ShouldBe(expected);
    }

    private static (int Code, byte[] Output) Native(byte[] image)
    {
        using LawBench bench = new(quick: true, TextWriter.Null);
        ProcessStartInfo start = new(bench.WriteGuest("guest", image))
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        using MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return (process.ExitCode, output.ToArray());
    }
}
