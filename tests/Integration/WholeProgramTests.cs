using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Programs as the distribution has them, at work: their native output is the oracle. The
/// scripts are in tests/guests/whole.</summary>
public sealed class WholeProgramTests
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Name of a line: program and arguments, {0} being the folder of the scripts.</summary>
    private static readonly Dictionary<string, string[]> s_lines = new()
    {
        ["bash"] = ["/bin/bash", "{0}/shell.sh"],
        ["perl"] = ["/usr/bin/perl", "{0}/script.pl"],
        ["python"] = [Python, "{0}/subprocesses.py"],
        ["make"] = ["/bin/sh", "-c", "cp {0}/project/* . && make -s -j4 && ./prog"],
        ["sqlite"] = ["/usr/bin/sqlite3", "t.db", ".read {0}/database.sql"],
        ["openssl"] = ["/bin/sh", "{0}/keys.sh"],
        ["git"] = ["/bin/sh", "{0}/history.sh"],
        ["terminal"] = [Python, "{0}/terminal.py"],
        ["luajit"] = ["/usr/bin/luajit", "{0}/traces.lua"],
        ["node"] = ["/usr/bin/node", "{0}/events.js"],
    };

    [RequiresTheory("/usr/bin/perl", Python, "/usr/bin/make", "/usr/bin/gcc", "/usr/bin/sqlite3",
        "/usr/bin/openssl", "/usr/bin/git", "/usr/bin/luajit")]
    [Trait("Tier", "slow")]
    [InlineData("bash", 2)]
    [InlineData("perl", 2)]
    [InlineData("python", 1)]
    [InlineData("make", 2)]
    [InlineData("sqlite", 1)]
    [InlineData("openssl", 1)]
    [InlineData("git", 1)]
    [InlineData("luajit", 1)]
    public void Program_GivesNativeOutput(string line, int cores) => Compare(line, cores);

    [RequiresTheory(Python, "/usr/bin/bash", "/dev/pts/ptmx")]
    [Trait("Tier", "slow")]
    [InlineData("terminal", 2)]
    public void Terminal_GivesNativeOutput(string line, int cores) => Compare(line, cores);

    [RequiresTheory("/usr/bin/node")]
    [Trait("Tier", "slow")]
    [InlineData(2)]
    public void Node_GivesNativeOutput_AndTheSameBytesTwice(int cores)
    {
        string[] words = Words("node");
        Run run = Of(words, "off", cores);
        run.Output.ShouldBe(Run.Native(words[0], words[1..]).Output, run.Error);
        Of(words, "off", cores).Deterministic.ShouldBe(run.Deterministic);
    }

    [RequiresTheory("/usr/bin/perl", "/usr/bin/sqlite3", "/usr/bin/luajit")]
    [Trait("Tier", "slow")]
    [InlineData("perl", "off", 2)]
    [InlineData("sqlite", "filtered", 1)]
    [InlineData("luajit", "off", 1)]
    public void Program_GivesTheSameBytesTwice(string line, string level, int cores) =>
        Same(line, level, cores);

    [RequiresTheory(Python, "/usr/bin/make", "/usr/bin/gcc", "/usr/bin/openssl", "/usr/bin/git")]
    [Trait("Tier", "soak")]
    [InlineData("bash", "filtered", 2)]
    [InlineData("python", "off", 1)]
    [InlineData("make", "off", 4)]
    [InlineData("make", "filtered", 2)]
    [InlineData("openssl", "off", 1)]
    [InlineData("git", "filtered", 2)]
    public void LongProgram_GivesTheSameBytesTwice(string line, string level, int cores) =>
        Same(line, level, cores);

    private static void Compare(string line, int cores)
    {
        string[] words = Words(line);
        CommandResult native = Run.Native(words[0], words[1..]);
        native.ExitCode.ShouldBe(0, native.Error);
        Run run = Of(words, "off", cores);
        run.Output.ShouldBe(native.Output, run.Error);
        run.GuestExitCode.ShouldBe(0, run.Error);
    }

    private static void Same(string line, string level, int cores)
    {
        Run first = Of(Words(line), level, cores);
        first.GuestExitCode.ShouldBe(0, first.Error);
        Of(Words(line), level, cores).Deterministic.ShouldBe(first.Deterministic);
    }

    private static string[] Words(string line)
    {
        string scripts = Path.Combine(Paths.Root, "tests", "guests", "whole");
        return [.. s_lines[line].Select(w => w.Replace("{0}", scripts, StringComparison.Ordinal))];
    }

    private static Run Of(string[] words, string level, int cores) =>
        Run.Of(["--events", level, "--cores", $"{cores}"], words[0], words[1..]);
}
