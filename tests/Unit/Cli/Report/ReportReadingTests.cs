using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class ReportReadingTests : IDisposable
{
    private readonly ReportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void HalfFinishedSweep_SaysHowManyPointsAreMissing()
    {
        SweepSample sample = _folder.Sample().Over("time.tdf");
        sample.Add(0, ["1"], "ok", 1, 0.25, ("rate", 1, "B/s"));
        sample.Add(0, ["2"], null);
        sample.Add(0, ["4"], "interrupted");
        sample.Write();

        ReportModel model = ReportFolder.Model(sample.Folder);

        model.Verdict.Text.ShouldBe("1 of 3 points ended well; 2 missing: this sweep is not finished.");
        model.Verdict.Level.ShouldBe("warn");
        model.Data.Metrics.First(m => m.Name == "rate").Values.ShouldBe([1, double.NaN, double.NaN]);
    }

    [Fact]
    public void FailedPoint_IsNamedWithItsReason()
    {
        SweepSample sample = _folder.Sample().Over("time.tdf");
        sample.Add(0, ["1"], "ok", 1, 0.25, ("rate", 1, "B/s"));
        string id = sample.Add(0, ["2"], "guest-failed");
        sample.Write();

        string page = ReportFolder.Page(sample.Folder);

        page.ShouldContain($"<li><a href=\"runs/{id}/\">{id}</a> tdf=2: guest-failed, as the test wants it");
        page.ShouldContain("<p class=\"verdict bad\" id=verdict>1 of 2 points ended well; 1 failed.</p>");
    }

    [Fact]
    public void DamagedLines_AreNamedAndTheRestIsShown()
    {
        SweepSample sample = _folder.Dilation();
        string results = Path.Combine(sample.Folder, "results.csv");
        string[] lines = File.ReadAllLines(results);
        lines[2] = "000000000000,0,1,1,rate,fast,B/s";
        lines[4] = "000000000001,1";
        File.WriteAllLines(results, lines);
        File.WriteAllText(Path.Combine(sample.Folder, "runs", "000000000003", "result.json"), "{\"schema\": \"dil");

        ReportData data = ReportFolder.Load(sample.Folder);

        data.Problems.Select(p => p.ToString()).ShouldBe(
        [
            "tdsweep/runs/000000000003/result.json:1: not JSON: the file is cut off or damaged",
            "tdsweep/results.csv:3: 'fast' is no number: left out",
            "tdsweep/results.csv:5: 2 fields where the first line has 7: left out",
        ]);
        data.Points.Count.ShouldBe(18);
        data.Points[3].Status.ShouldBe("unreadable");
        data.Metrics.First(m => m.Name == "transfer").Known.Count().ShouldBe(16);
    }

    [Fact]
    public void RepeatsThatAreNotNeeded_AreNoPoints()
    {
        SweepSample sample = _folder.Dilation();
        File.AppendAllText(Path.Combine(sample.Folder, "points.csv"), "ffffffffffff,3,4,32,not-needed\n");

        ReportFolder.Model(sample.Folder).Verdict.Text.ShouldBe("18 of 18 points ended well.");
    }

    [Theory]
    [InlineData(false, "is no folder")]
    [InlineData(true, "holds no results")]
    public void OtherFolder_IsRefused(bool exists, string words)
    {
        string folder = Path.Combine(_folder.Root, "other");
        if (exists)
        {
            Directory.CreateDirectory(folder);
        }

        DiagnosticBag bag = new();
        ReportFolder.Load(bag, folder).ShouldBeNull();
        bag.Print().ShouldContain(words);
        bag.Print().ShouldContain("[DL0403]");
    }

    [Fact]
    public void SeveralRuns_AreASweepOverWhatTheirJobsDifferIn()
    {
        SweepSample sample = _folder.Sample().Over("time.tdf");
        string[] ids = [sample.Add(0, ["1"]), sample.Add(0, ["2"])];
        string[] runs = [.. ids.Select(id => Path.Combine(sample.Folder, "runs", id))];
        string job = Path.Combine(runs[1], "job.resolved.json");
        File.WriteAllText(job, File.ReadAllText(job).Replace("\"tdf\": \"1\"", "\"tdf\": \"2\""));

        ReportData data = ReportFolder.Load(runs);

        data.Paths.ShouldBe(["time.tdf"]);
        data.Points.Select(p => p.Values.Single()).ShouldBe(["1", "2"]);
        data.Metrics.ShouldContain(m => m.Name == "node0.vcpu0.numCycles");
    }

    [Fact]
    public void SeveralSweeps_AreToldApartByFolder()
    {
        SweepSample one = _folder.Dilation("one");
        SweepSample two = _folder.Dilation("two", scale: 2);

        ReportModel model = ReportFolder.Model(one.Folder, two.Folder);

        model.Data.Paths.ShouldBe(["time.tdf", "folder"]);
        model.Fits.Where(f => f.Metric == "rate").Select(f => f.Series).ShouldBe(["folder=one", "folder=two"]);
    }

    [Theory]
    [InlineData("a,b\n1,\"x, \"\"y\"\"\"\n", new[] { "a|b", "1|x, \"y\"" })]
    [InlineData("a , b\r\n\r\n1,\n", new[] { "a|b", "1|" })]
    [InlineData("a,\"two\nlines\"\nb,c", new[] { "a|two\nlines", "b|c" })]
    public void Csv_IsReadAsRfc4180(string text, string[] rows) =>
        ReportCsv.Parse(text, (_, _) => throw new InvalidOperationException())
            .Select(r => string.Join('|', r.Fields)).ShouldBe(rows);

    [Fact]
    public void Csv_OpenQuoteIsToldWithItsLine()
    {
        List<int> lines = [];
        ReportCsv.Parse("a\nb\n\"c\nd\n", (line, _) => lines.Add(line));
        lines.ShouldBe([3]);
    }
}
