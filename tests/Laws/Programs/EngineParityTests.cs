using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Programs;

/// <summary>A program does the same in either engine, though it takes another time.</summary>
public sealed class EngineParityTests
{
    [KvmToolsTheory]
    [InlineData("static/hello")]
    [InlineData("static/quicksort")]
    [InlineData("static/tree")]
    [InlineData("static/sha256")]
    [InlineData("static/formats")]
    [InlineData("static/strings")]
    public void SystemCalls_AreTheSameWithArgumentsAndResults(string program)
    {
        var translated = new NodeProcess
        {
            Program = NodeProcess.Build(program),
            Events = MemoryEventLevel.Off,
            HasIdealKernel = true,
        };
        string[] expected = Calls(translated.Run());
        expected.Length.ShouldBeGreaterThan(5);
        Calls((translated with { UsesKvm = true, Hertz = 1_000_000_000 }).Run()).ShouldBe(expected);
    }

    /// <summary>Lines of the event log but for the time, which is their first word.</summary>
    private static string[] Calls(string text)
    {
        text.ShouldStartWith("GuestExited");
        return
        [
            .. text.Split('\n').Where(line => line.Contains(" SystemCall ", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf(' ', StringComparison.Ordinal)..]),
        ];
    }
}
