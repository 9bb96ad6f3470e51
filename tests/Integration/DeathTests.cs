using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A guest that dies is reported with where and what it did last.</summary>
public sealed class DeathTests
{
    [Theory]
    [InlineData("null", 11, "storeToNull")]
    [InlineData("divide", 8, "divide")]
    [InlineData("illegal", 4, "main")]
    [InlineData("readonly", 11, "main")]
    [InlineData("trap", 5, "main")]
    public void DeathByFault_TellsAddressSymbolAndLastSystemCalls(
        string way, int signal, string symbol)
    {
        Run run = Run.Of(Paths.Guest("die"), way);
        run.Output.ShouldBe($"before {way}\n");
        run.ExitCode.ShouldBe(1, run.Error);
        run.GuestSignal.ShouldBe(signal);
        run.GuestMessage.ShouldContain("0x");
        run.GuestMessage.ShouldContain(symbol);
        run.GuestMessage.ShouldContain("write");
        run.Error.ShouldContain(symbol);
    }

    [Theory]
    [InlineData("stack", 11)]
    [InlineData("nostack", 11)]
    [InlineData("code", 11)]
    [InlineData("abort", 6)]
    [InlineData("kill", 15)]
    public void DeathBySignal_HasItsNumberInTheResult(string way, int signal)
    {
        Run run = Run.Of(Paths.Guest("die"), way);
        run.ExitCode.ShouldBe(1, run.Error);
        run.GuestSignal.ShouldBe(signal);
        run.Files.Keys.ShouldContain("stats.txt");
    }

    [Theory]
    [InlineData("abort", "main")]
    [InlineData("stack", "descend")]
    [InlineData("code", "main")]
    public void Death_TellsWhoCalled(string way, string caller)
    {
        string message = Run.Of(Paths.Guest("die"), way).GuestMessage;
        int callers = message.IndexOf("called from", StringComparison.Ordinal);
        int calls = message.IndexOf("last system calls", StringComparison.Ordinal);
        callers.ShouldBeInRange(1, calls, message);
        message[callers..calls].ShouldContain(caller);
    }

    [Fact]
    public void UnknownSystemCall_GivesEnosysAndIsListed()
    {
        Run run = Run.Of(Paths.Guest("die"), "unknown");
        run.Output.ShouldBe("before unknown\nsystem call 9999: -1 errno 38\n", run.Error);
        run.ExitCode.ShouldBe(0);
        run.Node["unsupportedSystemCalls"]!.AsArray().Count.ShouldBe(1);
        run.Node["unsupportedSystemCalls"]![0]!.GetValue<string>().ShouldContain("9999");
    }

    [Theory]
    [InlineData("trace", "ptrace")]
    [InlineData("alias", "clone(0x111)")]
    public void WhatIsNotBuiltYet_EndsTheGuestWithAClearMessage(string way, string word)
    {
        Run run = Run.Of(Paths.Guest("die"), way);
        run.Output.ShouldBe($"before {way}\n");
        run.ExitCode.ShouldNotBe(0);
        run.Error.ShouldContain(word, Case.Insensitive);
        run.Files.Keys.ShouldContain("result.json");
    }

    [Fact]
    public void StopSignal_EndsTheGuestSinceNobodyCouldContinueIt()
    {
        Run run = Run.Of(Paths.Guest("die"), "stop");
        run.ExitCode.ShouldBe(1, run.Error);
        run.GuestSignal.ShouldBe(19);
        run.GuestMessage.ShouldContain("stopped by SIGSTOP");
    }

    [Fact]
    public void HandlerThatCannotStart_EndsTheGuestAndSaysWhy()
    {
        Run run = Run.Of(Paths.Guest("die"), "noroom");
        run.GuestSignal.ShouldBe(11, run.Error);
        run.GuestMessage.ShouldContain("no room on its stack for the handler of SIGSEGV");
    }

    [Fact]
    public void OutOfGrantedMemory_IsSeenByTheGuestAsEnomemOrKillsIt()
    {
        Run fits = Run.Of(["memory.size=64MiB"], Paths.Guest("eat"), ["16"]);
        fits.Output.ShouldBe("have 16 MiB, sum 120\n", fits.Error);
        Run tooMuch = Run.Of(["memory.size=64MiB"], Paths.Guest("eat"), ["200"]);
        tooMuch.ExitCode.ShouldBe(1, tooMuch.Error);
        bool told = tooMuch.Output.Contains("Cannot allocate memory", StringComparison.Ordinal);
        bool killed = tooMuch.GuestSignal is 9 or 11 or 7
            && tooMuch.GuestMessage.Contains("memory", StringComparison.OrdinalIgnoreCase);
        (told || killed).ShouldBeTrue(tooMuch.Result.ToJsonString());
    }

    [Fact]
    public void Deadlock_IsFoundAndToldWhoWaits()
    {
        Run run = Run.Of(["--cores", "2"], Paths.Guest("deadlock"), []);
        run.Output.ShouldBe("about to wait\n");
        run.ExitCode.ShouldNotBe(0);
        run.Node["end"]!.GetValue<string>().ShouldBe("deadlock");
        run.Node["report"]!.ToJsonString().ShouldContain("futex");
    }
}
