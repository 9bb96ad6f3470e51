using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Debug;

/// <summary>The real GDB, and packets that it would never send, at a guest.</summary>
public sealed class GdbTests
{
    private const string Gdb = "/usr/bin/gdb";
    private const string Cores = "3";

    private const string Session = """
        monitor time
        break add if value == 6
        tbreak work
        continue
        info threads
        print $xmm0.uint128
        info registers rip mxcsr
        continue
        backtrace
        print value
        stepi 200
        next
        finish
        print s_sum
        monitor threads
        monitor instructions
        monitor time
        delete
        continue
        backtrace 1
        break handler
        continue
        monitor time
        continue
        """;

    private static readonly string s_program = Paths.Guest("debugged", "debug");

    [RequiresFact(Gdb)]
    public void ASession_IsTheSameTwice_AndTheRunAsWithoutIt()
    {
        string[] shown = new string[2];
        string[] results = new string[2];
        for (int i = 0; i < 2; i++)
        {
            using DebuggedRun run = new("0", s_program, [], "--cores", Cores);
            shown[i] = run.Gdb(Session);
            results[i] = run.End().Deterministic;
        }

        shown[1].ShouldBe(shown[0]);
        results[1].ShouldBe(results[0]);
        Run alone = Run.Of(["--cores", Cores], s_program, []);
        results[0].Split('\n').ShouldBe(Without(alone).Split('\n'));
        string text = shown[0];
        text.ShouldContain("hit Temporary breakpoint 2, work (argument=0x1)");
        text.ShouldContain("hit Breakpoint 1, add (value=6)");
        text.ShouldContain("debugged.c:16");
        text.ShouldContain("in work (argument=0x2)");
        text.ShouldContain("(debugged: runs on vcpu1)");
        text.ShouldContain("$2 = 6");
        text.ShouldContain("mxcsr          0x1f80");
        text.ShouldContain("received signal SIGUSR1");
        text.ShouldContain("handler (number=10)");
        text.ShouldContain("exited normally");
        text.Split('\n').Count(l => l.Contains(" ps (", StringComparison.Ordinal)).ShouldBe(3);
    }

    [RequiresFact(Gdb)]
    public void ACrash_IsShownBeforeItKills_AtASocketFile()
    {
        using DebuggedRun run = new("unix:{0}/gdb.sock", s_program, ["null"]);
        string shown = run.Gdb("handle SIGUSR1 nostop noprint\ncontinue\nbacktrace\nprint half\ncontinue\n");
        shown.ShouldContain("received signal SIGSEGV");
        shown.ShouldContain("main (argc=2");
        shown.ShouldContain("$1 = 1.5");
        shown.ShouldContain("Program terminated with signal SIGSEGV");
        (int code, string error, _) = run.End();
        code.ShouldBe(1, error);
        error.ShouldContain("killed by SIGSEGV (write of 0x0)");
    }

    [RequiresFact(Gdb)]
    public void ADeadlock_CanBeLookedAt()
    {
        using DebuggedRun run = new("0", Paths.Guest("deadlock"), [], "--cores", "2");
        string shown = run.Gdb("continue\ninfo threads\ncontinue\n");
        shown.ShouldContain("dilaton: deadlock");
        shown.ShouldContain("waits in futex, last on vcpu1");
        shown.ShouldContain("dilaton: the run ended: deadlock");
        run.End().ExitCode.ShouldBe(1);
    }

    [Fact]
    public void ADebuggerStopsAGuestThatRuns_AndEndsIt()
    {
        using DebuggedRun run = new("0", Paths.Guest("endless"), []);
        using RemoteDebugger debugger = new(run.Address);
        debugger.Ask("?").ShouldStartWith("T05");
        debugger.Ask("QStartNoAckMode").ShouldBe("OK");
        string before = debugger.Ask("p10");
        debugger.Send("vCont;c");
        debugger.Raw("\u0003");
        debugger.Answer().ShouldStartWith("T02");
        debugger.Ask("p10").ShouldNotBe(before);
        debugger.Send("k");
        (int code, string error, _) = run.End();
        code.ShouldNotBe(0, error);
    }

    [Fact]
    public void ADebuggerThatSendsGarbageAndGoes_LeavesTheRunAsItIs()
    {
        using DebuggedRun run = new("0", Paths.Guest("hello"), []);
        using (RemoteDebugger debugger = new(run.Address))
        {
            debugger.Raw("$m0,zz#00$}#$#\u0003\u00ff$vCont;x#00");
            debugger.Ask("Z4,0,1").ShouldBe("");
            debugger.Ask("vCont;t").ShouldBe("E22");
            debugger.Ask("Z0,400,1").ShouldBe("E14");
            debugger.Send("vCont;s");
            debugger.Answer().ShouldStartWith("T05");
        }

        (int code, string error, string results) = run.End();
        code.ShouldBe(0, error);
        results.ShouldBe(Without(Run.Of(Paths.Guest("hello"))));
    }

    [Fact]
    public void WhatCannotBeDebugged_IsRefused()
    {
        Run kvm = Run.Of(["--engine", "kvm", "--gdb", "0"], Paths.Guest("hello"), []);
        kvm.ExitCode.ShouldBe(2);
        kvm.Error.ShouldContain("StopsAtExactInstruction");
        Run bad = Run.Of(["--gdb", "70000"], Paths.Guest("hello"), []);
        bad.ExitCode.ShouldBe(2);
        bad.Error.ShouldContain("neither a port nor unix:PATH");
        Run taken = Run.Of(["--gdb", $"unix:{Paths.Dilaton}"], Paths.Guest("hello"), []);
        taken.ExitCode.ShouldBe(2);
        taken.Error.ShouldContain("already");
        File.Exists(Paths.Dilaton).ShouldBeTrue();
        Run two = Run.Job(
            $$"""
            apiVersion: dilaton/v1
            nodes:
              - name: some
                count: 2
                guest:
                  program: {path: {{Paths.Guest("hello")}}}
            """,
            "--gdb",
            "0");
        two.ExitCode.ShouldBe(2, two.Error);
        two.Error.ShouldContain("debugs the one node of its job, and this one has 2");
    }

    /// <summary>As <see cref="DebuggedRun.End"/> tells it.</summary>
    private static string Without(Run run)
    {
        System.Text.Json.Nodes.JsonObject result = run.Result.AsObject();
        result.Remove("host");
        string[] files = ["stats.csv", "stats.json", "stats.txt", "timeline.csv"];
        return string.Join(
            '\n', [run.Output, result.ToJsonString(), .. files.Select(f => run.Files[f])]);
    }
}
