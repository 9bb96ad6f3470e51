using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Kvm;
using Dilaton.Machine;
using Dilaton.Models.Disk;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Jobs with guest.system.</summary>
public sealed class SystemJobTests
{
    private const string Minimal = """
        apiVersion: dilaton/v1
        nodes:
          - guest: {system: {kernel: /boot/vmlinuz, append: "console=ttyS0 quiet"}}
        """;

    [Fact]
    public void ASystem_HasKvmAndTheHostsClock_UnlessItSaysOtherwise()
    {
        Job job = CliFixture.Good(Minimal);
        job.Nodes[0].Engine.ShouldBe(EngineChoice.Kvm);
        job.Time.Mode.ShouldBe(TimeMode.Dilated);
        job.Time.Base.ShouldBe(TimeBase.Wall);
        SystemJob system = job.Nodes[0].Guest.System.ShouldNotBeNull();
        (system.Kernel, system.Initrd, system.Append).ShouldBe(("/boot/vmlinuz", null, "console=ttyS0 quiet"));
        CliFixture.Good(CliFixture.Minimal).Nodes[0].Guest.System.ShouldBeNull();
    }

    [Theory]
    [InlineData("nodes[0].engine=translator", "DL0620")]
    [InlineData("nodes[0].count=2", "only node of its job")]
    [InlineData("time.base=run", "its clock follows the host's")]
    [InlineData("time.tdf=[{from: 0s, factor: 1}, {from: 1s, factor: 2}]", "announced to the kernel at boot")]
    [InlineData("peers=[{name: p, kind: manual}]", "no peers in this version")]
    [InlineData("nodes[0].guest.system.speeds=[1, 1/2]", "2 speeds for 1 cores")]
    [InlineData("nodes[0].guest.system.speeds=[1/2]", "no core has 1")]
    [InlineData("nodes[0].guest.system.speeds=[2]", "2 is out of range (1/1000 to 1)")]
    [InlineData("nodes[0].guest.system.speeds=[fast]", "'fast'")]
    [InlineData("nodes[0].memory.windows=[{name: far, size: 1MiB}]", "leave memory.windows out")]
    [InlineData("events={writtenPages: 1ms}", "no engine for systems has it")]
    [InlineData("events={level: full}", "SeesEveryAccess, and kvm has not")]
    [InlineData("nodes[0].guest.program.path=/bin/true", "a program or a system")]
    [InlineData("nodes[0].guest.files=[{path: /}]", "a program or a system")]
    [InlineData("nodes[0].guest.system.kernel=''", "no kernel is named")]
    [InlineData("nodes[0].guest.system.kernle=x", "did you mean 'kernel'?")]
    [InlineData("nodes[0].guest.system.interrupts=virtual", "not one of kernel, exact")]
    [InlineData("nodes[0].guest.system.console=screen", "not one of auto, inherit, file, none")]
    [InlineData("nodes[0].guest.kernel=/boot/vmlinuz", "guest.system.kernel")]
    public void WhatASystemCannotHave_IsRefusedWithTheReason(string change, string why) =>
        CliFixture.Mistakes(Minimal, change).ShouldContain(why);

    [Fact]
    public void ExactInterrupts_SkipWaiting_UnlessTheClockIsTheHosts()
    {
        const string exact = "nodes[0].guest.system.interrupts=exact";
        Job job = CliFixture.Good(Minimal, exact);
        job.Nodes[0].Guest.System!.Interrupts.ShouldBe(InterruptChoice.Exact);
        job.Time.Base.ShouldBe(TimeBase.Run);
        CliFixture.Good(Minimal, exact, "time.base=wall").Time.Base.ShouldBe(TimeBase.Wall);
        CliFixture.Good(Minimal).Nodes[0].Guest.System!.Interrupts.ShouldBe(InterruptChoice.Kernel);
        string text = System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true));
        CliFixture.Good(text).Nodes[0].Guest.System!.Interrupts.ShouldBe(InterruptChoice.Exact);
    }

    [Theory]
    [InlineData("network={kind: star}", "exact is of machines without a network")]
    [InlineData("nodes[0].guest.system.speeds=[1]", "cores take turns then")]
    [InlineData("nodes[0].guest.system.tap=tap0", "time.base: run skips some")]
    public void WhatExactInterruptsCannot_IsRefusedWithTheReason(string change, string why) =>
        CliFixture.Mistakes(Minimal, "nodes[0].guest.system.interrupts=exact", change).ShouldContain(why);

    [Fact]
    public void AProgramIsMissing_OnlyWhereThereIsNoSystem() =>
        CliFixture.Mistakes("apiVersion: dilaton/v1\nnodes:\n  - guest: {}\n")
            .ShouldContain("guest.program is missing");

    [Fact]
    public void TheResolvedJob_IsAJobAgain_WithTheSystemAndNoProgram()
    {
        string file = typeof(SystemJobTests).Assembly.Location;
        DiagnosticBag bag = new();
        LoadedJob job = JobPreparation.ForText(
            new SourceText("job.yaml", Minimal), [$"nodes[0].guest.system.kernel={file}"], bag)!;
        string text = System.Text.Encoding.UTF8.GetString(JobWriter.Write(job.Resolved, indented: true));
        text.ShouldNotContain("program");
        Job again = CliFixture.Good(text);
        again.Nodes[0].Guest.System.ShouldBe(job.Resolved.Nodes[0].Guest.System);
        again.Nodes[0].Guest.System!.Console.ShouldBe(OutputChoice.Inherit);
    }

    [Fact]
    public void TheResolvedJob_HasTheSpeedsOfItsCores()
    {
        string file = typeof(SystemJobTests).Assembly.Location;
        DiagnosticBag bag = new();
        LoadedJob job = JobPreparation.ForText(
            new SourceText("job.yaml", Minimal),
            [
                $"nodes[0].guest.system.kernel={file}", "nodes[0].cores.count=3",
                "nodes[0].guest.system.speeds=[0.5, 1, 1/3]",
            ],
            bag)!;
        Job again = CliFixture.Good(System.Text.Encoding.UTF8.GetString(JobWriter.Write(job.Resolved, indented: true)));
        again.Nodes[0].Guest.System!.Speeds.ShouldBe([new Ratio(1, 2), Ratio.One, new Ratio(1, 3)]);
    }

    [Fact]
    public void TheResolvedJob_HasItsDisks_ByAbsolutePaths()
    {
        string file = typeof(SystemJobTests).Assembly.Location;
        DiagnosticBag bag = new();
        LoadedJob job = JobPreparation.ForText(
            new SourceText("job.yaml", Minimal),
            [
                $"nodes[0].guest.system.kernel={file}",
                $"nodes[0].guest.system.disks=[{{image: {Path.GetRelativePath(Environment.CurrentDirectory, file)}, "
                    + "access: read, latency: 80us, depth: 2}]",
            ],
            bag)!;
        Job again = CliFixture.Good(System.Text.Encoding.UTF8.GetString(JobWriter.Write(job.Resolved, indented: true)));
        again.Nodes[0].Guest.System!.Disks.ShouldBe([
            new DiskJob
            {
                Image = file,
                Access = DiskAccess.Read,
                Latency = VirtualDuration.FromMicroseconds(80),
                Depth = 2,
            },
        ]);
    }

    /// <summary>What a job describes is not called the host's, nor the other way round.</summary>
    [Theory]
    [InlineData("[]", "")]
    [InlineData("[{image: a, latency: 1ms}]", "disks with a latency or a bandwidth: as described")]
    [InlineData("[{image: a}]", "disks without: as fast as the host")]
    public void TheResult_SaysWhichOfItsDevicesAreModelled(string disks, string note)
    {
        Job job = CliFixture.Good(Minimal, $"nodes[0].guest.system.disks={disks}");
        string[] about = [.. AccuracyNotes.Estimates(job, job.Nodes[0])
            .Where(line => line.StartsWith("disks", StringComparison.Ordinal)
                || line.StartsWith("network", StringComparison.Ordinal))];
        if (note.Length == 0)
        {
            about.ShouldBeEmpty();
            return;
        }

        about.ShouldHaveSingleItem().ShouldStartWith(note);
        Job inNetwork = CliFixture.Good(
            Minimal, $"nodes[0].guest.system.disks={disks}", "network={kind: star}");
        AccuracyNotes.Estimates(inNetwork, inNetwork.Nodes[0]).ShouldContain(
            line => line.StartsWith("network: links and switches as described", StringComparison.Ordinal));
        Job onHost = CliFixture.Good(Minimal, "nodes[0].guest.system.tap=tap0");
        AccuracyNotes.Estimates(onHost, onHost.Nodes[0]).ShouldContain("network: the host's own");
    }

    [Fact]
    public void Disks_HaveTheirDefaults_AndTheirTimesInTheTimeTheySay()
    {
        SystemJob system = CliFixture.Good(
            Minimal,
            "nodes[0].guest.system.disks=[{image: a.img}, {image: b.img, access: read, latency: 1ms, "
                + "bandwidth: 100MB/s, depth: 4, rates: physical, scale: 1}]").Nodes[0].Guest.System!;
        system.Disks.ShouldBe([
            new DiskJob { Image = "a.img" },
            new DiskJob
            {
                Image = "b.img",
                Access = DiskAccess.Read,
                Latency = VirtualDuration.FromMilliseconds(1),
                Bandwidth = new Bandwidth(800_000_000),
                Depth = 4,
                Rates = RatesChoice.Physical,
            },
        ]);
        SystemDevices.Timing("disk0", system.Disks[0], new Ratio(10, 1)).ShouldBeNull();
        DiskModel model = SystemDevices.Timing("disk1", system.Disks[1], new Ratio(10, 1))!;
        model.Complete(VirtualTime.Zero, DiskAction.Read, 1_000_000)
            .ShouldBe(VirtualTime.Zero + VirtualDuration.FromMicroseconds(100 + 1000));
        DiskModel asIs = SystemDevices.Timing(
            "disk1", system.Disks[1] with { Rates = RatesChoice.Virtual }, new Ratio(10, 1))!;
        asIs.Complete(VirtualTime.Zero, DiskAction.Read, 1_000_000)
            .ShouldBe(VirtualTime.Zero + VirtualDuration.FromMicroseconds(1000 + 10_000));
        DiskModel scaled = SystemDevices.Timing(
            "disk1", system.Disks[1] with { Scale = new Ratio(1, 10) }, new Ratio(10, 1))!;
        scaled.Complete(VirtualTime.Zero, DiskAction.Read, 1_000_000)
            .ShouldBe(VirtualTime.Zero + VirtualDuration.FromMicroseconds(1000 + 10_000), "as much slower as dilated");
    }

    [Theory]
    [InlineData("[{access: read}]", "image is missing")]
    [InlineData("[{image: ''}]", "no image is named")]
    [InlineData("[{image: a, access: write}]", "not one of overlay, read")]
    [InlineData("[{image: a, latency: 2h}]", "out of range (0s to 1h)")]
    [InlineData("[{image: a, bandwidth: 1B/s}]", "out of range (1kB/s to 100TB/s)")]
    [InlineData("[{image: a, scale: 1/2000}]", "out of range (1/1000 to 1000")]
    [InlineData("[{image: a, latency: 10min, scale: 1/10}]", "600s / scale is out of range")]
    [InlineData("[{image: a, bandwidth: 1TB/s, scale: 200}]", "x scale is out of range")]
    [InlineData("[{image: a, depth: 0}]", "out of range (1 to 1024)")]
    [InlineData("[{image: a, readonly: true}]", "no such key")]
    [InlineData("[{image: a}, {image: a}, {image: a}, {image: a}, {image: a}, {image: a}, {image: a}]", "room for 6")]
    public void ADiskThatCannotBe_IsRefusedWithTheReason(string disks, string why) =>
        CliFixture.Mistakes(Minimal, $"nodes[0].guest.system.disks={disks}").ShouldContain(why);

    [Fact]
    public void AnImageThatIsMissingOrEmpty_IsTold()
    {
        string empty = Path.GetTempFileName();
        try
        {
            DiagnosticBag bag = new();
            JobPreparation.ForText(
                new SourceText("job.yaml", Minimal),
                [
                    $"nodes[0].guest.system.kernel={typeof(SystemJobTests).Assembly.Location}",
                    $"nodes[0].guest.system.disks=[{{image: {empty}}}, {{image: /no/such.img}}]",
                ],
                bag);
            bag.Print().ShouldContain("DL0623");
            bag.Print().ShouldContain("disks[0].image: '" + empty + "' is empty");
            bag.Print().ShouldContain("disks[1].image: there is no file '/no/such.img'");
        }
        finally
        {
            File.Delete(empty);
        }
    }

    [Theory]
    [InlineData("514649fb00000003", "is a qcow2 image, and images are raw")]
    [InlineData("4b444d5601000000", "is a VMDK image, and images are raw")]
    [InlineData("1f8b0800", "is packed by gzip, and images are raw")]
    [InlineData("eb3c904d53444f53", null)]
    [InlineData("00", null)]
    public void AnImageOfAnotherFormat_IsTold(string bytes, string? why)
    {
        string image = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(image, Convert.FromHexString(bytes));
            DiagnosticBag bag = new();
            JobPreparation.ForText(
                new SourceText("job.yaml", Minimal),
                [
                    $"nodes[0].guest.system.kernel={typeof(SystemJobTests).Assembly.Location}",
                    $"nodes[0].guest.system.disks=[{{image: {image}}}]",
                ],
                bag);
            bag.HasErrors.ShouldBe(why is not null);
            bag.Print().ShouldContain(why is null ? "" : $"disks[0].image: '{image}' {why}");
        }
        finally
        {
            File.Delete(image);
        }
    }

    [Fact]
    public void FormatsFurtherIn_AreKnownToo_AndShortFilesAreNone()
    {
        byte[] head = new byte[DiskFormat.HeadBytes];
        new byte[] { 0x7f, 0x10, 0xda, 0xbe }.CopyTo(head, 0x40);
        DiskFormat.NameOf(head).ShouldBe("a VDI image");
        DiskFormat.NameOf(head.AsSpan(0, 0x42)).ShouldBeNull();
        DiskFormat.NameOf([]).ShouldBeNull();
    }

    [Theory]
    [InlineData("console=ttyS0 quiet", false)]
    [InlineData("console=ttyS0 console=hvc0", true)]
    [InlineData("console=hvc0  console=ttyS0", false)]
    [InlineData("", false)]
    public void Input_GoesToTheLastConsoleOfTheCommandLine(string line, bool isVirtio) =>
        SystemDevices.TakesInput(line).ShouldBe(isVirtio);

    [Fact]
    public void Run_TakesAKernelInPlaceOfAProgram_AndNotBoth()
    {
        DiagnosticBag bag = new();
        RunRequest request = RunCommand.Read(["--kernel", "k", "--append", "a b"], bag, out _).ShouldNotBeNull();
        request.Kernel.ShouldBe("k");
        request.Settings.Select(s => s.Path)
            .ShouldBe(["nodes[0].guest.system.kernel", "nodes[0].guest.system.append"]);
        RunCommand.Read(["--kernel", "k", "--", "/bin/true"], bag, out _).ShouldBeNull();
        bag.Print().ShouldContain("--kernel boots a system, and a program is given too");
    }

    [Fact]
    public void AHostWithoutKvm_IsAnError_AndASlowOneAWarning()
    {
        DiagnosticBag bag = new();
        SystemHost.Check(
            new KvmReport { Availability = KvmAvailability.Forbidden, Reason = "open failed" }, false, bag)
            .ShouldBeFalse();
        bag.Print().ShouldContain("a system guest needs KVM, and it is forbidden here: open failed");
        bag = new();
        SystemHost.Check(
            new KvmReport { Availability = KvmAvailability.Usable, KernelMode = KernelModeSpeed.Emulated }, false, bag)
            .ShouldBeTrue();
        bag.HasErrors.ShouldBeFalse();
        bag.Print().ShouldContain("DL0622");
        bag = new();
        SystemHost.Check(new KvmReport { Availability = KvmAvailability.Usable }, false, bag).ShouldBeTrue();
        bag.Items.ShouldBeEmpty();
    }

    /// <summary>Its TDF is told at boot, and a pause moves its counter.</summary>
    [Fact]
    public void WhatARunningSystemCannotDo_IsRefused_AndAProgramCan()
    {
        Job system = CliFixture.Good(Minimal);
        KvmReport fixedCounter = new() { Availability = KvmAvailability.Usable };
        KvmReport moving = fixedCounter with { ShiftsTimestamp = true };
        SystemHost.Refuses(system, ControlVerb.SetTdf, () => moving)!.Value.What.ShouldContain("announced");
        SystemHost.Refuses(system, ControlVerb.Pause, () => fixedCounter)!.Value.What
            .ShouldContain("can't stop the clock");
        SystemHost.Refuses(system, ControlVerb.Pause, () => moving).ShouldBeNull();
        SystemHost.Refuses(system, ControlVerb.Resume, () => fixedCounter).ShouldBeNull();
        Job program = CliFixture.Good(CliFixture.Minimal);
        SystemHost.Refuses(program, ControlVerb.SetTdf, () => fixedCounter).ShouldBeNull();
        SystemHost.Refuses(program, ControlVerb.Pause, () => fixedCounter).ShouldBeNull();
    }

    /// <summary>Its clock can't wait for others where the counter can't be moved.</summary>
    [Fact]
    public void AHostThatMovesNoCounter_IsAnErrorInANetwork()
    {
        DiagnosticBag bag = new();
        KvmReport report = new() { Availability = KvmAvailability.Usable };
        SystemHost.Check(report, true, bag).ShouldBeFalse();
        bag.Print().ShouldContain("DL0631");
        bag = new();
        SystemHost.Check(report with { ShiftsTimestamp = true }, true, bag).ShouldBeTrue();
        bag.Items.ShouldBeEmpty();
    }
}
