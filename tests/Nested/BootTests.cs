using Shouldly;
using Xunit;

namespace Dilaton.Tests.Nested;

/// <summary>What must hold on any boot of the bed.</summary>
[Trait("Tier", "slow")]
public abstract class BootTests(Boot boot)
{
    private protected SerialLog Log => boot.Log;

    /// <summary>Cases that the bed can't show, each for a reason that selftest prints.</summary>
    protected abstract IReadOnlyList<string> MaySkip { get; }

    [NestedFact]
    public void Doctor_FindsNothingMissing_AndKvm()
    {
        SerialLog.Step doctor = Log.Of("doctor");
        doctor.Code.ShouldBe(0, doctor.Text);
        doctor.Lines.ShouldContain(line => line.StartsWith("ok    KVM", StringComparison.Ordinal), doctor.Text);
    }

    [NestedFact]
    public void EveryCaseOfSelfTest_Holds()
    {
        SerialLog.Step step = Log.Of("selftest");
        TapReport report = new(step.Lines);
        report.Complaints.ShouldBeEmpty(step.Text);
        step.Code.ShouldBe(0, step.Text);
        report.Skipped.ShouldBe(MaySkip, ignoreOrder: true, step.Text);
        report.Names.ShouldContain("translator.same-bytes");
    }

    [NestedFact]
    public void AProgramOfTheDistribution_GivesTheSameBytesAsOnTheHost() =>
        SameBytes("echo", "--", "/bin/busybox", "echo", "hi");

    [NestedFact]
    public void Threads_GiveTheSameBytesAsOnTheHost() =>
        SameBytes("threads", "--cores", "4", "--", Path.Combine(Paths.Guests, "threads"));

    /// <summary>What it prints depends on every thread's work, and on nothing else.</summary>
    [NestedFact]
    public void ThreadsUnderKvm_GiveTheSameOutput()
    {
        SerialLog.Step kvm = Log.Of("kvm");
        kvm.Code.ShouldBe(0, kvm.Text);
        IReadOnlyList<string> translated = Log.Of("threads").Lines;
        translated[0].ShouldStartWith("8 threads");
        kvm.Text.ShouldContain($"{translated[0]}\n{translated[1]}");
    }

    // Statistics and event log; of the output, what is not the program's own name.
    private void SameBytes(string name, params string[] arguments)
    {
        SerialLog.Step step = Log.Of(name);
        step.Code.ShouldBe(0, step.Text);
        string folder = Path.Combine(Paths.Artifacts, $"host-{name}");
        (int code, string output) = Command.Run(
            TimeSpan.FromMinutes(2), Paths.Dilaton, ["run", "-q", "-o", folder, .. arguments]);
        code.ShouldBe(0, output);
        string statistics = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            File.ReadAllBytes(Path.Combine(folder, "stats.txt"))));
        string log = File.ReadLines(Path.Combine(folder, "result.json"))
            .Single(line => line.Contains("eventLogHash", StringComparison.Ordinal));
        step.Text.ShouldContain(statistics);
        step.Text.ShouldContain(log.Trim());
        step.Text.ShouldContain(output.TrimEnd('\n'));
    }
}
