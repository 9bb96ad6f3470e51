using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class PerceivedRowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dilaton-perceived-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatAGuestMeasured_StandsBesideTheHostsClock_OnThePageAndInMarkdown()
    {
        string[] items =
        [
            Item("count", 2, "Count"), Item("guest", 2.0, "Second"), Item("virtual", 2.01, "Second"),
            Item("ran", 10.05, "Second"), Item("host", 12.0, "Second"), Item("bytes", 20_000_000, "Byte"),
            """{"name": "node0.board.virtio.console.measures.ignored", "value": 0, "unit": "Count"}""",
        ];
        File.WriteAllText(
            Path.Combine(_folder, "stats.json"),
            $$"""{"dumps": [{"tick": 1, "statistics": [{{string.Join(", ", items)}}]}]}""");
        File.WriteAllText(Path.Combine(_folder, "result.json"), """{"status": "ok", "nodes": []}""");

        ReportModel model = ReportFolder.Model(_folder);

        model.Perceived.ShouldHaveSingleItem().Cells().ShouldBe(
            ["node0: disk", "2", "2 s", "10.05 s", "5.025", "10 MB/s", "1.990 MB/s", "2.010 s", "12 s"]);
        MarkdownWriter.Write(model).ShouldContain(
            $"## Perceived and physical\n\n{PerceivedRow.Words}\n\n| measured | times | perceived | physical |");
        MarkdownWriter.Write(model).ShouldContain("| node0: disk | 2 | 2 s | 10.05 s | 5.025 | 10 MB/s | ");
        PageWriter.Write(model, _folder).ShouldContain("<tr><td>node0: disk<td class=n>2<td class=n>2 s<td");
    }

    private static string Item(string part, double value, string unit) => FormattableString.Invariant(
        $$"""{"name": "node0.board.virtio.console.measures.disk.{{part}}", "value": {{value}}, "unit": "{{unit}}"}""");
}
