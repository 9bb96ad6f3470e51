using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Programs that start others. Where they print the same everywhere, their native output is
/// the oracle.</summary>
public sealed class ProcessTests
{
    private const int CasesMin = 68;
    private const long SliceCycles = 1000;

    private const string Pipeline =
        "for i in 1 2 3; do seq $i 40 | grep 3 | wc -l; done; (exit 7); echo $? $(basename /a/b) | tr a-z A-Z; "
        + "trap 'echo bye' EXIT; cat <<< here; f() { local x=$(echo in); echo $x; }; f & wait; time true 2>/dev/null";

    private static readonly string s_subprocess = string.Join('\n',
        "import subprocess, os, sys, multiprocessing",
        "print(subprocess.run(['sort', '-r'], input='a\\nc\\nb\\n', capture_output=True, text=True).stdout)",
        "print(subprocess.run('exit 5', shell=True).returncode)",
        "r, w = os.pipe()",
        "if os.fork() == 0:",
        "    os.write(w, b'child'); os._exit(3)",
        "print(os.wait()[1], os.read(r, 99))",
        "p = multiprocessing.get_context('fork').Pool(2)",
        "print(p.map(abs, range(-5, 5)), flush=True)",
        "p.terminate()");

    [Theory]
    [InlineData("processes", "off", 1)]
    [InlineData("processes", "filtered", 2)]
    [InlineData("processes", "full", 1)]
    [InlineData("programs", "off", 2)]
    [InlineData("programs", "filtered", 1)]
    [InlineData("programs", "full", 1)]
    [InlineData("jobs", "off", 2)]
    [InlineData("jobs", "filtered", 1)]
    [InlineData("sysv", "off", 2)]
    [InlineData("sysv", "filtered", 1)]
    public void Cases_GiveNativeOutput(string program, string level, int cores)
    {
        string path = Paths.Guest(program);
        CommandResult native = Run.Native(path, []);
        Run run = Run.Of(["--events", level, "--cores", $"{cores}"], path, []);
        run.Output.ShouldBe(native.Output, run.Error);
        run.GuestExitCode.ShouldBe(0);
        run.AddsUp(cores);
    }

    /// <summary>Two processes that share a page and run at once are exact to a slice of 1000 cycles, though
    /// they run much longer ones while they leave it alone; and both may make code meanwhile.</summary>
    [Theory]
    [InlineData("off")]
    [InlineData("filtered")]
    public void SharedStores_AreSeenWithinASlice(string level)
    {
        Run run = Run.Of(["--events", level, "--cores", "2"], Paths.Guest("glimpse"), []);
        string[] lines = run.Output.Split('\n');
        run.GuestExitCode.ShouldBe(0, run.Error);
        lines[0].ShouldBe("7 780");
        Value(lines[1], "longest ").ShouldBeInRange(0, 2 * SliceCycles);
        Value(lines[2], "shortest ").ShouldBeInRange(-SliceCycles, SliceCycles);
    }

    private static long Value(string line, string name)
    {
        line.ShouldStartWith(name);
        return long.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Cases_AreMany() =>
        new[] { "processes", "programs", "jobs", "sysv" }
            .Sum(p => Run.Native(Paths.Guest(p), []).Output.Count(c => c == '\n'))
            .ShouldBeGreaterThanOrEqualTo(CasesMin);

    [Theory]
    [InlineData("full", 1)]
    [InlineData("off", 3)]
    public void SameProgram_GivesTheSameBytesTwice(string level, int cores)
    {
        string[] options = ["--events", level, "--cores", $"{cores}"];
        string path = Paths.Guest("processes");
        Run first = Run.Of(options, path, []);
        Run second = Run.Of(options, path, []);
        second.Deterministic.ShouldBe(first.Deterministic);
    }

    [Theory]
    [InlineData("/bin/bash", "-c", Pipeline)]
    [InlineData("/bin/sh", "-c", "echo $(ls -d /usr) | cat; /bin/false || echo failed; exec echo last")]
    [InlineData("/usr/bin/perl", "-e", "print `echo out`; system('exit 3'); print $? >> 8; exec 'echo', ' end';")]
    public void Shells_GiveNativeOutput(string program, string option, string script)
    {
        CommandResult native = Run.Native(program, [option, script]);
        Run run = Run.Of([], program, [option, script]);
        run.Output.ShouldBe(native.Output, run.Error);
        run.GuestExitCode.ShouldBe(native.ExitCode);
    }

    [Fact]
    public void PythonsSubprocesses_GiveNativeOutput()
    {
        CommandResult native = Run.Native("/usr/bin/python3", ["-c", s_subprocess]);
        native.ExitCode.ShouldBe(0, native.Error);
        Run run = Run.Of([], "/usr/bin/python3", ["-c", s_subprocess]);
        run.Output.ShouldBe(native.Output, run.Error);
    }

    [Fact]
    public void AProgramAtFixedAddresses_IsRefusedInAnotherWindow()
    {
        string job = $$$"""
            apiVersion: dilaton/v1
            name: windows
            nodes:
              - name: first
                guest: {program: {path: /bin/true}}
              - name: second
                guest: {program: {path: /bin/sh, args: ['-c', '{{{Paths.Guest("hello")}}}; echo after']}}
            """;
        Run run = Run.Job(job);
        run.ExitCode.ShouldNotBe(0);
        run.Error.ShouldContain("linked for fixed addresses");
    }

    [Fact]
    public void ManyPrograms_OneAfterTheOther_LeaveNoDescriptorBehind()
    {
        const string Script =
            "i=0; while [ $i -lt 150 ]; do /bin/true; i=$((i+1)); done; ls /proc/self/fd | wc -l; "
            + "ls -d /proc/[0-9]* | wc -l";
        Run run = Run.Of([], "/bin/sh", ["-c", Script]);
        string[] lines = run.Output.Split('\n');
        lines[0].ShouldBe("4", "three streams and the folder itself; " + run.Error);
        lines[1].ShouldBe("3", "the shell, ls and wc");
    }
}
