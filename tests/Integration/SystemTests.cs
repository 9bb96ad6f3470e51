using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A bare-metal image (tests/guests/machine/bare.c) on this host's KVM. Linux boots in
/// tests/Nested.</summary>
public sealed partial class SystemTests
{
    private const ulong BaseAddress = 0x20_0000;

    private static readonly string[] s_small = ["memory.size=64MiB"];

    private static string Image => Paths.Guest("bare", "machine");

    [KvmTheory]
    [InlineData("hello world", "hello world from long mode; initrd of 0 bytes: \n", "exited with code 0")]
    [InlineData("timer", "10 ticks, none too early\n", "exited with code 0")]
    [InlineData("storm", "1000 reads of nothing, 500 refused MSRs\n", "exited with code 0")]
    [InlineData("off", "", "switched the machine off (ACPI S5)")]
    [InlineData("reset", "", "the guest reset the machine")]
    public void AGuestThatSaysSuccess_EndsWell(string line, string output, string how)
    {
        Run run = Boot(line);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(output);
        run.Files["procs/node0/serial.txt"].ShouldBe(output);
        run.GuestMessage.ShouldContain(how);
        run.VirtualTimePs.ShouldBeGreaterThan(0u);
    }

    [KvmTheory]
    [InlineData("exit", 7, "the guest exited with code 7 (port 0xf4)")]
    [InlineData("panic", 1, "reset the machine, after: Kernel panic - not syncing: no work")]
    [InlineData("fault", 1, "triple fault, vCPU 0 at 0x20")]
    public void AGuestThatFails_SaysHow(string line, int code, string how)
    {
        Run run = Boot(line);
        run.ExitCode.ShouldBe(1);
        run.GuestExitCode.ShouldBe(code);
        run.Error.ShouldContain(how);
    }

    /// <summary>The local APIC's one-shot and periodic modes by virtual time, and devices' lines, without KVM's.
    /// </summary>
    [KvmTheory]
    [InlineData("naps", "20 naps, 0 early")]
    [InlineData("disk", "2048 sectors: HI, at once")]
    [InlineData("hello world", "hello world from long mode")]
    public void WithExactInterrupts_AGuestSeesThemAtVirtualTimes(string line, string output)
    {
        string disk = Path.Combine(Directory.CreateTempSubdirectory().FullName, "disk.img");
        byte[] image = new byte[1 << 20];
        "hi\n"u8.CopyTo(image);
        File.WriteAllBytes(disk, image);
        Run run = Boot(
            line, "nodes[0].guest.system.interrupts=exact", "time.base=wall",
            $"nodes[0].guest.system.disks=[{{image: {disk}}}]");
        Directory.Delete(Path.GetDirectoryName(disk)!, recursive: true);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldStartWith(output);
        run.Output.ShouldNotContain("no interrupts");
        run.Node["clockRung"]!.GetValue<string>().ShouldContain("interrupts: exact");
    }

    [KvmFact]
    public void WhatIsNotThere_IsCountedAndNamed()
    {
        Run run = Boot("storm");
        run.Statistic("board.unknownPortReads").ShouldBe(500);
        run.Statistic("board.unknownPortWrites").ShouldBe(500);
        run.Statistic("exits.memory.count").ShouldBe(500);
        if (!run.Node["report"]!.ToJsonString().Contains("they are not counted", StringComparison.Ordinal))
        {
            run.Statistic("exits.writeMsr.count").ShouldBe(500);
        }

        run.Node["report"]!.ToJsonString().ShouldContain("0x1000 (1)");
    }

    /// <summary>Two processors want a host with two, or a TDF that makes up for it.</summary>
    [KvmTheory]
    [InlineData("processors", "the second processor runs\n")]
    [InlineData("tables", "2 processors\n")]
    public void ASecondProcessor_IsNamedByAcpi_AndStartedByTheFirst(string line, string output)
    {
        Run run = Boot(line, "--cores", "2", "--tdf", "2");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(output);
    }

    [KvmFact]
    public void TheClock_IsAnnouncedTdfTimesAsFast()
    {
        Run run = Boot("timer", "--tdf", "5/2");
        run.Output.ShouldStartWith("10 ticks");
        Match rates = Rates().Match(run.Node["clockRung"]!.GetValue<string>());
        (2 * double.Parse(rates.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe(5 * double.Parse(rates.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 2);
    }

    [KvmFact]
    public void TheClockChip_BeginsAtTheJobsEpoch()
    {
        Run run = Boot("date", "time.epoch=2031-05-06T07:08:00Z");
        run.Output.ShouldStartWith("20 31 05 06 07 0");
    }

    [KvmFact]
    public void StandardInput_ComesInAtTheSerialPort()
    {
        Run run = Run.Booted(Image, ["--append", "echo", .. s_small], new() { Input = "abc\n" });
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("abc\n");
    }

    [KvmFact]
    public void AGuestThatHangs_IsEndedAtItsLimit()
    {
        Run run = Boot("hang", "--until", "100ms", "--tdf", "2");
        run.ExitCode.ShouldBe(4, run.Error);
        run.Node["end"]!.GetValue<string>().ShouldBe("until");
        run.VirtualTimePs.ShouldBeGreaterThanOrEqualTo(100_000_000_000u);
    }

    [KvmFact]
    public void ARunningSystem_TellsHowFarItIs_KeepsItsFactor_AndStops()
    {
        using RunningJob run = RunningJob.Booted(Image, ["--append", "hang", .. s_small]);
        run.Say("status").ShouldContain("running");
        CommandResult factor = run.Ctl("set-tdf", "3");
        factor.ExitCode.ShouldBe(2);
        factor.Error.ShouldContain("DL0635");

        // Where the counter can be moved it stands, else it is refused; it stops from either.
        CommandResult pause = run.Ctl("pause");
        (pause.ExitCode == 0 ? pause.Output : pause.Error).ShouldContain(pause.ExitCode == 0 ? "paused at" : "DL0635");
        run.Say("stop").ShouldContain("interrupted");
        run.WaitForEnd().ShouldBe(130, run.Error);
    }

    /// <summary>Random code in kernel mode, with all ports, MSRs and tables at hand: it faults, ends or hangs, and that
    /// is told; the VMM itself never falls.</summary>
    [KvmFact]
    public void RandomCode_EndsInAWayThatIsTold()
    {
        using var folder = new TempFolder();
        Random random = new(unchecked((int)Seeded.Seed));
        for (int i = 0; i < 8; i++)
        {
            byte[] image = File.ReadAllBytes(Image);
            int code = (int)(BitConverter.ToUInt64(image, 24) - BaseAddress);
            random.NextBytes(image.AsSpan(code, 2048));
            string file = folder.File($"random{i}");
            File.WriteAllBytes(file, image);
            Run run = Run.Booted(file, ["--until", "20ms", "--wall-limit", "60s", .. s_small], new());
            run.ExitCode.ShouldBeOneOf([0, 1, 4], $"seed {Seeded.Seed}, image {i}: {run.Error}");
            run.Node["end"]!.GetValue<string>().ShouldBeOneOf("guest-exited", "until", "stopped");
        }
    }

    [KvmFact]
    public void AnInitrdIsHandedOver_AndAProgramIsNoKernel()
    {
        using var folder = new TempFolder();
        Run run = Boot("hello", "--initrd", folder.Write("initrd", "some bytes"));
        run.Output.ShouldBe("hello from long mode; initrd of 10 bytes: some bytes\n");
        Run wrong = Run.Booted(Paths.Guest("hello", "static-pie"), s_small, new());
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldContain("without fixed addresses");
    }

    [KvmFact]
    public void RandomBytes_AreOfTheJobsSeed()
    {
        Run first = Boot("entropy"), again = Boot("entropy"), other = Boot("entropy", "--seed", "2");
        first.ExitCode.ShouldBe(0, first.Error);
        first.Output.Trim().Length.ShouldBe(32);
        again.Output.ShouldBe(first.Output);
        other.Output.ShouldNotBe(first.Output);
        first.Statistic("virtio.entropy.bytes").ShouldBe(16);
    }

    /// <summary>Answers: read, write, flush, read again, a read beyond the end.</summary>
    [KvmTheory]
    [InlineData("access: overlay", "at once, HELL, answers 00001, interrupts\n")]
    [InlineData("access: read", "at once, , answers 01001, interrupts\n")]
    [InlineData("latency: 20ms", "none too early, HELL, answers 00001, interrupts\n")]
    public void ADisk_IsReadAndWritten_AtItsVirtualTimes(string how, string output)
    {
        using var folder = new TempFolder();
        string contents = "hello disk\n".PadRight(2048, '.');
        string image = folder.Write("image", contents);
        Run run = Boot("disk", $"nodes[0].guest.system.disks=[{{image: {image}, {how}}}]");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe($"4 sectors: HELLO DISK, {output}");
        File.ReadAllText(image).ShouldBe(contents, "images are never written");
    }

    [KvmFact]
    public void ADriverThatIsAtFault_StopsItsDevice_AndIsTold()
    {
        Run run = Boot("loop");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("the device stopped\n");
        run.Node["report"]!.ToJsonString().ShouldContain("a chain of descriptors is a loop");
    }

    [KvmFact]
    public void AGuestThatHangs_IsStopped_AndItsPlaceIsTold()
    {
        Run run = Boot("hang", "--until", "20ms");
        run.Node["end"]!.GetValue<string>().ShouldBe("until", run.Error);
        run.Node["report"]!.ToJsonString().ShouldMatch("vCPU 0 was at 0x20[0-9a-f]{4}, with interrupts off");
    }

    private static Run Boot(string line, params string[] options) =>
        Run.Booted(Image, ["--append", line, .. s_small, .. options], new());

    [GeneratedRegex("host's ([0-9]+) kHz, and the guest is told ([0-9]+) kHz")]
    private static partial Regex Rates();
}
