using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>A fitted machine is a part of a job.</summary>
public sealed class FittedMachineTests
{
    private static readonly HostSamples s_samples = new()
    {
        Additions = [new(1e6, 500_000), new(2e6, 1_000_000)], // 2 GHz
        Chases =
        [
            new(16 << 10, 2), new(48 << 10, 2), new(64 << 10, 7), new(1 << 20, 7), new(2 << 20, 20),
            new(32 << 20, 20), new(64 << 20, 100), new(128 << 20, 100),
        ],
        Overlaps = [new(1, 100), new(2, 50), new(4, 25), new(8, 25)],
        StreamLine = 4,
        FreeInstruction = 0.125,
        Others = [("divide", 6)],
        Spreads = [0.01],
    };

    [Theory]
    [InlineData(nameof(CoreModelKind.Interval))]
    [InlineData(nameof(CoreModelKind.Inorder))]
    public void ItsYaml_IsThatMachine(string kind)
    {
        FittedMachine machine = FittedMachine.Of(s_samples, Enum.Parse<CoreModelKind>(kind)) with { Cpi = 0.375 };
        DiagnosticBag bag = new();
        LoadedJob? loaded = JobPreparation.ForText(
            new SourceText(
                "test",
                $"apiVersion: {Job.Version}\nname: fitted\nnodes:\n  - name: n\n"
                    + $"    guest: {{program: {{path: /bin/true}}}}\n{machine.Yaml("    ")}"),
            [], bag);
        bag.HasErrors.ShouldBeFalse(bag.Print());
        Job job = loaded!.Resolved;
        NodeJob node = job.Nodes[0];
        node.Cores.Frequency.Hertz.ShouldBe(2_000_000_000UL);
        node.Cores.Model.Kind.ToString().ShouldBe(kind);
        ((double)node.Cores.Model.Cpi.Numerator / node.Cores.Model.Cpi.Denominator).ShouldBe(0.375);
        node.Memory.Caches.L1d!.Size.Bytes.ShouldBe(48UL << 10);
        node.Memory.Caches.L2!.Size.Bytes.ShouldBe(1UL << 20);
        node.Memory.Caches.L3!.Size.Bytes.ShouldBe(32UL << 20);
        machine.Cycles(2).ShouldBe(40);
        node.Memory.Dram.Latency.Picoseconds.ShouldBe(80_000UL);
        node.Memory.Dram.Bandwidth.BitsPerSecond.ShouldBe(16_000_000_000UL * 8);
        if (kind == nameof(CoreModelKind.Interval))
        {
            (node.Cores.Model.Width, node.Cores.Model.Mshrs).ShouldBe((4, 4));
            node.Memory.Caches.L2.Prefetcher.ShouldBe(PrefetcherChoice.None);
        }
        else
        {
            node.Memory.Caches.L2.Prefetcher.ShouldBe(PrefetcherChoice.Stream);
            node.Memory.Caches.L2.PrefetchDistance.ShouldBe(25);
        }
    }

    /// <summary>Four misses at once of 100 ns each explain 25 ns a line, and not 4.</summary>
    [Fact]
    public void AStreamThatItsMissesAtOnceExplain_IsNotFetchedAhead()
    {
        FittedMachine.Of(s_samples with { StreamLine = 24 }, CoreModelKind.Inorder).Prefetch.ShouldBe(0);
        FittedMachine.Of(s_samples, CoreModelKind.Inorder).Prefetch.ShouldBe(25);
    }

    [Fact]
    public void MeasurementsWithoutCaches_MakeNoMachine() => Should.Throw<InvalidOperationException>(
        () => FittedMachine.Of(
            s_samples with { Chases = [new(16 << 10, 2), new(48 << 10, 2), new(64 << 10, 2)] },
            CoreModelKind.Interval))
        .Message.ShouldContain("a pointer chase has no caches");

    [Fact]
    public void WithoutACompiler_ItIsNamed_WithItsRemedy()
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-test-").FullName;
        try
        {
            CalibrationException e = Should.Throw<CalibrationException>(
                () => new GuestCompiler(folder).Compile("crc", "no-such-compiler"));
            e.Code.ShouldBe(DiagnosticCode.CompilerMissing);
            e.Message.ShouldContain("no-such-compiler is not in PATH");
            e.Help.ShouldContain("apt-get install gcc");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void TheHeldOutPrograms_AreNoneOfThoseThatAreFitted()
    {
        CalibrationPrograms.HeldOut.Intersect(CalibrationPrograms.Fitted).ShouldBeEmpty();
        foreach (string program in CalibrationPrograms.Fitted.Concat(CalibrationPrograms.HeldOut))
        {
            GuestCompiler.Read(CalibrationPrograms.SourceOf(program)).ShouldContain($"work_{program}(void)");
        }
    }
}
