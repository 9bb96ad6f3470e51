using System.Text.RegularExpressions;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Where time goes, on the page and in Markdown.</summary>
public sealed class ReportProfileTests : IDisposable
{
    private const string Profile = """
        {"version": 1, "columns": [
          {"name": "instructions", "unit": "Count"}, {"name": "cycles", "unit": "Cycle"},
          {"name": "executed", "unit": "Cycle"}, {"name": "memory", "unit": "Cycle"}, {"name": "tlb", "unit": "Cycle"},
          {"name": "kernel", "unit": "Cycle"}, {"name": "waiting", "unit": "Cycle"},
          {"name": "loads", "unit": "Count"}, {"name": "mispredictions", "unit": "Count"},
          {"name": "l1dLoadMisses", "unit": "Count"}],
         "totals": [1000, 4000, 1000, 2000, 0, 400, 600, 300, 7, 40],
         "elsewhere": [0, 600, 0, 0, 0, 0, 600, 0, 0, 0],
         "functions": [
          {"module": "/usr/bin/prog", "function": "walk", "values": [800, 2800, 800, 2000, 0, 0, 0, 250, 6, 38]},
          {"module": "", "function": "<b>main", "values": [200, 600, 200, 0, 0, 400, 0, 50, 1, 2]}],
         "lines": [
          {"module": "/usr/bin/prog", "function": "walk", "file": "/src/walk.c", "line": 33,
           "values": [800, 2800, 800, 2000, 0, 0, 0, 250, 6, 38]},
          {"module": "", "function": "<b>main", "file": "", "line": 0, "values": [200, 600, 200, 0, 0, 400, 0, 50, 1, 2]}],
         "data": [
          {"kind": "heap", "file": "", "low": "0x1000", "high": "0x2000", "values": [0, 1500, 0, 1500, 0, 0, 0, 0, 0, 30]},
          {"kind": "allocation", "file": "", "low": "0x3000", "high": "0x4000", "module": "/usr/bin/prog",
           "function": "grow", "source": "/src/walk.c", "line": 50, "allocations": 3, "bytes": 4096,
           "values": [0, 500, 0, 500, 0, 0, 0, 0, 0, 8]}],
         "remarks": ["no lines of <i>"]}
        """;

    private readonly ReportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Words_SayWhoIsInWhatBoundsTheNode()
    {
        ReportModel model = ReportFolder.Model(RunWith(Profile));

        model.Profiles.Single().Words.ShouldBe(
        [
            "node0 is bound by memory behind our caches: its peer knows whether its latency or its bandwidth.",
            "These cycles (memory) by function: 100.0 % in walk (prog).",
            "By line: 100.0 % at walk.c:33 (walk).",
            "By what was missed: 75.0 % heap (0x1000 to 0x2000), "
                + "25.0 % allocated at walk.c:50 (grow, 3 times, 4,096 bytes).",
        ]);
        model.Data.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void NodeThatWaits_IsToldByWhatItDidMeanwhile()
    {
        string idle = Profile.Replace("[1000, 4000, 1000, 2000, 0, 400, 600,", "[1000, 7400, 1000, 2000, 0, 400, 4000,",
            StringComparison.Ordinal);

        ReportFolder.Model(RunWith(idle)).Profiles.Single().Words.Take(2).ShouldBe(
        [
            "node0 is bound by waiting: for timers, other threads or the network.",
            "Its other cycles by function: 82.4 % in walk (prog), 17.6 % in <b>main.",
        ]);
    }

    [Fact]
    public void Page_HasFunctionsLinesAndMemory_WithMissesByLevel()
    {
        string run = RunWith(Profile);

        string page = ReportFolder.Page(run);

        page.ShouldContain("<section id=profile><h2>Where time goes</h2>");
        page.ShouldContain("<a href=\"#profile\">");
        page.ShouldContain("<th class=n>CPI<th class=n>mispredictions<th class=n>l1dLoadMisses</thead>");

        // Of 3400 cycles without waiting; 2000 of the 2800 are stall, and 400 of the 600 the kernel's.
        page.ShouldContain("<tr><td>walk<td>prog<td class=n>2,800<td class=n>82.4 %<td class=n>71.4 %<td class=n>800"
            + "<td class=n>3.50<td class=n>6<td class=n>38\n");
        page.ShouldContain("<tr><td>&lt;b&gt;main<td><td class=n>600<td class=n>17.6 %<td class=n>0.0 %<td class=n>200"
            + "<td class=n>1.00<td class=n>1<td class=n>2\n");
        string sum = "<tr class=sum><td>all, without waiting<td><td class=n>3,400<td class=n>100.0 %<td class=n>58.8 %"
            + "<td class=n>1,000<td class=n>3.00<td class=n>7<td class=n>40\n</tbody>";
        page.Split(sum).Length.ShouldBe(3, "of the functions and of the lines");
        page.ShouldContain("<tr><td>walk.c:33<td>walk<td class=n>2,800");
        page.ShouldContain("<summary>Lines as a table (1)</summary>");
        page.ShouldContain("<tr><td>allocated at walk.c:50<td>grow, 3 times, 4,096 bytes<td class=n>500"
            + "<td class=n>14.7 %<td class=n>8\n");
        page.ShouldContain("<p class=note>no lines of &lt;i&gt;</p>");
        page.ShouldContain("<a href=\"procs/node0/profile.txt\">");
        page.ShouldNotContain("<b>main");
        ReportFolder.Page(run).ShouldBe(page, "the same folder gives the same bytes");
    }

    [Fact]
    public void Charts_HaveTheCyclesByCause()
    {
        string page = ReportFolder.Page(RunWith(Profile));

        // What was never stalled for has no colour.
        page.ShouldContain("\"parts\":[\"executed\",\"memory\",\"kernel\"],\"names\":[\"base\",\"memory\",\"kernel\"],"
            + "\"busy\":3400,\"totals\":[1000,2000,400]");
        page.ShouldContain("{\"name\":\"walk\",\"where\":\"prog\",\"of\":[800,2000,0]}");
        page.ShouldContain("<figure class=chart id=profile-data-0>");
        ReportFolder.Page(RunWith(Regex.Replace(Profile, @"""data"": \[.*\]\}\],", @"""data"": [],", RegexOptions.Singleline)))
            .ShouldNotContain("profile-data-0");
        page.ShouldContain("{\"name\":\"heap\",\"where\":\"0x1000 to 0x2000\",\"of\":[0,1500,0]}");
        foreach (string part in (string[])["executed", "l1", "fetch", "l2", "l3", "memory", "storeBuffer", "branch", "tlb",
            "window", "kernel"])
        {
            PageFile.Read("page.css").ShouldContain($"--part-{part}:");
        }
    }

    [Fact]
    public void Markdown_HasTheSame()
    {
        string text = MarkdownWriter.Write(ReportFolder.Model(RunWith(Profile)));

        text.ShouldContain("## Where the time of node0 goes\n\n- node0 is bound by ");
        text.ShouldContain(
            "## Functions of node0\n\n| function | in | cycles | share | of them stall | instructions | CPI |");
        text.ShouldContain("| walk | prog | 2,800 | 82.4 % | 71.4 % | 800 | 3.50 | 6 | 38 |");
        text.ShouldContain("| walk.c:33 | walk | 2,800 |");
        text.ShouldContain("| all, without waiting |  | 3,400 | 100.0 % | 58.8 % | 1,000 | 3.00 | 7 | 40 |");
        text.ShouldContain("| heap | 0x1000 to 0x2000 | 1,500 | 44.1 % | 30 |");
    }

    [Fact]
    public void ManyFunctions_AreLeftToTheirFile()
    {
        string rows = string.Join(",\n", Enumerable.Range(0, 5000).Select(i =>
            $$"""{"module": "m", "function": "f{{i}}", "values": [{{5000 - i}}, {{5000 - i}}, {{5000 - i}}, 0, 0, 0, 0, 0, 0, {{i}}]}"""));
        string page = ReportFolder.Page(RunWith(Regex.Replace(
            Profile, @"""functions"": \[.*?\]\}\],", $@"""functions"": [{rows}],", RegexOptions.Singleline)));

        page.ShouldContain("<summary>Functions as a table (30 of 5000)</summary>");
        page.ShouldContain("{\"name\":\"f11\",");
        page.ShouldNotContain("\"name\":\"f12\"");
        page.ShouldContain("<tr><td>f29<td>");
        page.ShouldNotContain("<tr><td>f30<td>");
    }

    [Fact]
    public void OfASweep_TheFirstPointThatEndedWell_IsTold()
    {
        string sweep = _folder.Dilation().Folder;
        Put(Path.Combine(sweep, "runs", "000000000000"), Profile);
        Put(Path.Combine(sweep, "runs", "000000000001"), "not read");

        string page = ReportFolder.Page(sweep);

        page.ShouldContain("Of point 000000000000, the first that ended well. Each instruction");
        page.ShouldContain("<a href=\"runs/000000000000/procs/node0/cachegrind.out\">");
        page.ShouldNotContain("not JSON");
    }

    [Fact]
    public void WhatCantBeRead_IsNamed_AndTheRestShown()
    {
        string few = Profile.Replace("[200, 600, 200, 0, 0, 400, 0, 50, 1, 2]", "[200, 600]", StringComparison.Ordinal);
        ReportData some = ReportFolder.Load(RunWith(few));
        some.Example.Profiles.Single().Functions.Single().Name.ShouldBe("walk");
        some.Problems.Select(p => p.ToString()).ShouldBe(
        [
            "000000000000/procs/node0/profile.json: 1 of functions have not a value for each column: left out",
            "000000000000/procs/node0/profile.json: 1 of lines have not a value for each column: left out",
        ]);
        Problem(Profile[..500]).ShouldContain("not JSON: the file is cut off or damaged");
        Problem(Profile.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal))
            .ShouldContain("not a profile of this version: not shown");

        // As a run leaves it that ended since its guest did what is not supported.
        ReportFolder.Load(RunWith("")).Problems.ShouldBeEmpty();
    }

    private string Problem(string profile)
    {
        ReportData data = ReportFolder.Load(RunWith(profile));
        data.Example.Profiles.ShouldBeEmpty();
        return data.Problems.Single().ToString();
    }

    /// <returns>The folder of a run with this profile.</returns>
    private string RunWith(string profile)
    {
        string run = Path.Combine(_folder.Dilation().Folder, "runs", "000000000000");
        Put(run, profile);
        return run;
    }

    private static void Put(string run, string profile)
    {
        string node = Directory.CreateDirectory(Path.Combine(run, "procs", "node0")).FullName;
        File.WriteAllText(Path.Combine(node, "profile.json"), profile);
    }
}
