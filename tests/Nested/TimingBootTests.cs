using System.Globalization;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Nested;

public sealed class TimingBootTests(TimingBoot boot, ITestOutputHelper output)
    : BootTests(boot), IClassFixture<TimingBoot>
{
    private const int ExitsMax = 1500;

    protected override IReadOnlyList<string> MaySkip => [];

    /// <summary>The distribution's kernel, unchanged, on a machine of ours: its clock is the counter,
    /// nothing in it complains, and ten of its seconds take tdf times as long outside.</summary>
    [NestedTheory]
    [InlineData("linux", 1, 1)]
    [InlineData("dilated-linux", 5, 2)]
    public void Linux_BootsSleepsAndSwitchesOff_InItsOwnTime(string name, int tdf, int cores) =>
        LinuxTime.Check(Log.Of(name), tdf, cores);

    /// <summary>With interrupt controllers of our own its sleep of ten seconds, 50 of the bed's at TDF 5, is skipped
    /// but for what the kernel does meanwhile, some hundredths of a second of the bed's, and its clocks say ten.
    /// </summary>
    [NestedFact]
    public void Linux_WithExactInterrupts_SleepsInNoTimeOfTheHosts()
    {
        SerialLog.Step step = Log.Of("exact-linux");
        LinuxTime.CheckRun(step, cores: 1);
        LinuxTime.SleptTen(step).Outside.ShouldBeLessThan(1, step.Text);
    }

    /// <summary>Two seconds of halts at TDF 100, of which the timer ends none early, and which take 200 seconds where
    /// nothing is skipped; the bed takes one, most of it to start. From the timer's time to the guest's look at its
    /// counter it is some milliseconds of the bed's at most, a hundredth of that by the guest's clock.</summary>
    [NestedFact]
    public void Halts_AreSkipped_AndEndAtTheirVirtualTimes()
    {
        SerialLog.Step step = Log.Of("naps");
        step.Code.ShouldBe(0, step.Text);
        string[] said = step.Lines.Single(line => line.Contains(" naps, ", StringComparison.Ordinal)).Split(' ');
        (said[0], said[2]).ShouldBe(("20", "0"), step.Text);
        Number(said[^2]).ShouldBeLessThan(100, step.Text);
        string[] outside = step.Lines
            .Single(line => line.StartsWith("@ outside ", StringComparison.Ordinal)).Split(' ');
        (Number(outside[3]) - Number(outside[2])).ShouldBeLessThan(10, step.Text);
    }

    /// <summary>The distribution's drivers find disk, console and entropy by ACPI; a file system is read and
    /// written, and each of 25 reads takes the disk's 20 ms of the guest's time, at TDF 5.</summary>
    [NestedFact]
    public void Linux_UsesItsVirtioDevices_AtTheirVirtualTimes()
    {
        SerialLog.Step step = Log.Of("dilated-linux");
        step.Text.ShouldContain("@ disk a file on a disk\n");
        step.Text.ShouldContain("@ written more\n");
        step.Text.ShouldContain("@ entropy virtio_rng");
        step.Text.ShouldContain("hello from hvc0");
        string reads = step.Lines.Single(line => line.Contains("@ reads ", StringComparison.Ordinal));
        // The clock of /proc/uptime has hundredths of a second.
        Number(reads.Split(' ')[^1]).ShouldBeInRange(490, 560, step.Text);
    }

    /// <summary>A disk of 20 ms and 1 MB/s that is physical: eight reads of 16 KiB take 8 x (latency + size /
    /// bandwidth) / TDF by the guest's clock; where the rates are scaled down as much as time is, what they take at
    /// TDF 1.</summary>
    [NestedFact]
    public void ADisk_SeemsTdfTimesAsFast_AndAsFastAsItIsWhereItIsScaledDownAsMuch()
    {
        const double physical = 8 * (0.020 + (16384 / 1e6));
        double one = Seconds("rate-1"), ten = Seconds("rate-10"), tenth = Seconds("rate-10-tenth");
        one.ShouldBe(physical, 0.05 * physical);
        ten.ShouldBe(physical / 10, 0.05 * physical / 10);
        tenth.ShouldBe(physical, 0.05 * physical);
        (one / ten).ShouldBe(10, 0.5);
        (tenth / one).ShouldBe(1, 0.05);

        double Seconds(string name)
        {
            SerialLog.Step step = Log.Of(name);
            step.Code.ShouldBe(0, step.Text);
            string took = step.Lines.Single(line => line.EndsWith(" us", StringComparison.Ordinal));
            return Number(took.Split(' ')[0]) / 1e6;
        }
    }

    /// <summary>docs/examples/linux-dilated.yaml: what its Linux perceives of two seconds of sleep, by both clocks,
    /// of 128 reads of 64 KiB from a disk of 20 ms and 5 MB/s, and of 2 MB over links of 10 Mbps and 2 ms, beside what
    /// they took on the host while the machine ran; it is held besides while the other node works.</summary>
    [NestedFact]
    public void TheExample_ComparesWhatItsLinuxPerceives_WithTheHostsClock()
    {
        SerialLog.Step step = Log.Of("example");
        step.Code.ShouldBe(0, step.Text);
        const double disk = 128 * (0.020 + (65536 / 5e6)) / 5;
        // Frames of 1514 bytes for 1460; a round trip each for the address and the connection, one and a half for what
        // is asked for, the last of it, and the end. Starting wget is in what is measured.
        const double roundTrip = 2 * (2e-3 + 10e-6 + 2e-3);
        const double network = ((2e6 * 1514 / 1460 * 8 / 10e6) + (3.5 * roundTrip)) / 5;
        foreach ((string name, double seconds, double tolerance) in new[]
            { ("sleep", 2, 0.01), ("date", 2, 0.01), ("disk", disk, 0.05), ("network", network, 0.05) })
        {
            double guest = Measure(name, "guest"), ran = Measure(name, "ran"), host = Measure(name, "host");
            guest.ShouldBe(seconds, tolerance * seconds, step.Text);
            Measure(name, "virtual").ShouldBe(guest, 0.005 * guest, step.Text);
            (ran / guest).ShouldBe(5, 0.025, step.Text);
            host.ShouldBeGreaterThan(ran, step.Text);
            string[] row = step.Lines.Single(line => line.StartsWith($"| linux: {name} ", StringComparison.Ordinal))
                .Split('|', StringSplitOptions.TrimEntries);
            Number(row[5]).ShouldBe(ran / guest, 0.001 * ran / guest, step.Text);
        }

        Measure("disk", "bytes").ShouldBe(8 << 20);
        Measure("network", "bytes").ShouldBe(2_000_000);

        double Measure(string name, string part) => Number(step.Lines
            .Single(line => line.StartsWith(
                $"linux.board.virtio.console.measures.{name}.{part} ", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    /// <summary>An exit costs some microseconds of the host: a quiet boot has few. Interruptions are turns of two vCPUs
    /// on the bed's one processor.</summary>
    [NestedTheory]
    [InlineData("linux")]
    [InlineData("dilated-linux")]
    public void Linux_LeavesTheMachineSeldom(string name)
    {
        string[] counts = [.. Log.Of(name).Lines.Where(line => line.Contains(".exits.", StringComparison.Ordinal)
            && !line.Contains(".interruption.", StringComparison.Ordinal))];
        counts.Length.ShouldBe(5);
        counts.Sum(line => Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]))
            .ShouldBeInRange(1, ExitsMax);
    }

    /// <summary>The same kernel, initial RAM disk, words and memory under Dilaton and under the least of a VMM
    /// (bed/linux-vmm.c), in turn: from the start of the VMM, and from power-on.</summary>
    [NestedFact]
    public void Linux_HasItsShellNearlyAsSoon_AsUnderTheLeastOfAVmm()
    {
        foreach (string turn in (string[])["1", "2"])
        {
            ShellStart own = ShellStart.OfDilaton(Log.Of($"shell-{turn}"));
            ShellStart least = ShellStart.OfMinimal(Log.Of($"least-{turn}"));
            string figures = string.Create(
                CultureInfo.InvariantCulture,
                $"Dilaton: {own}; the least: {least}; {own.Shell / least.Shell:F3} times as long from its start, "
                    + $"{own.Boot / least.Boot:F3} from power-on");
            output.WriteLine(figures);
            (own.Shell / least.Shell).ShouldBeInRange(0.5, 1.3, figures);
            (own.Boot / least.Boot).ShouldBeInRange(0.5, 1.1, figures);
            own.Exits.ShouldBeInRange(1, ExitsMax, figures);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [NestedFact]
    public void TheLawsOfMeasuredTime_Hold()
    {
        SerialLog.Step laws = Log.Of("laws");
        laws.Code.ShouldBe(0, laws.Text);
        laws.Text.ShouldContain("pass    rate of TCP over 10 Mbps at TDF 10");
        laws.Text.ShouldContain("0 fail, 0 were skipped");
    }
}
