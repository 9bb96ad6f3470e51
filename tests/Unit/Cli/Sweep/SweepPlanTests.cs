using Dilaton.Cli;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SweepPlanTests
{
    [Fact]
    public void Points_AreTheProduct_TheLastPathFastest_ZipsAsOneAxis()
    {
        SweepPlan plan = SweepFixture.Good(SweepFixture.Job + """
            sweep:
              parameters:
                tdf: [1, 10]
                cores.count: [1..2 step 1]
              zip:
                - {cores.frequency: [1GHz, 2GHz], cores.share: ["1", 1/2]}
            """);

        plan.Paths.ShouldBe(["time.tdf", "cores.count", "cores.frequency", "cores.share"]);
        SweepFixture.Values(plan).ShouldBe(
        [
            "1 1 1GHz 1", "1 1 2GHz 1/2", "1 2 1GHz 1", "1 2 2GHz 1/2",
            "10 1 1GHz 1", "10 1 2GHz 1/2", "10 2 1GHz 1", "10 2 2GHz 1/2",
        ]);
    }

    [Fact]
    public void CommandLine_ReplacesTheJobsValues_AddsAxes_AndBinds()
    {
        string job = SweepFixture.Job + """
            sweep:
              parameters: {time.tdf: [1, 10], cores.count: [1, 2], cores.frequency: [1GHz, 2GHz]}
            """;
        SweepPlan plan = SweepFixture.Good(
            job, "tdf=2..4:step2", "cores.count=4", "guest.program.args=[a, b],[c]");

        plan.Paths.ShouldBe(["time.tdf", "cores.frequency", "guest.program.args"]);
        SweepFixture.Values(plan).ShouldBe(
        [
            "2 1GHz [a, b]", "2 1GHz [c]", "2 2GHz [a, b]", "2 2GHz [c]",
            "4 1GHz [a, b]", "4 1GHz [c]", "4 2GHz [a, b]", "4 2GHz [c]",
        ]);
    }

    [Fact]
    public void Conditions_LeavePointsOut()
    {
        SweepPlan plan = SweepFixture.Good(SweepFixture.Job + """
            sweep:
              parameters: {tdf: [1, 2, 3], cores.count: [1, 2, 3]}
              where: [time.tdf <= cores.count, "cores.count != 3 or tdf == 1"]
            """);
        SweepFixture.Values(plan).ShouldBe(["1 1", "1 2", "1 3", "2 2"]);
    }

    [Fact]
    public void Repeats_AreInnermost_AndShareTheirSeedAmongPoints()
    {
        SweepPlan plan = SweepFixture.Good(
            SweepFixture.Job + "seed: 7\nsweep: {repeat: 3, parameters: {tdf: [1, 2]}}");

        SweepFixture.Values(plan).ShouldBe(["1", "1", "1", "2", "2", "2"]);
        plan.Points.Select(point => point.Repeat).ShouldBe([0, 1, 2, 0, 1, 2]);
        plan.Points.Select(point => point.Series).ShouldBe([0, 0, 0, 1, 1, 1]);
        plan.Points[0].Seed.ShouldBe(7);
        plan.Points.Take(3).Select(p => p.Seed).ShouldBe(plan.Points.Skip(3).Select(p => p.Seed));
        plan.Points.Select(point => point.Seed).Distinct().Count().ShouldBe(3);
        plan.Points.ShouldAllBe(point => point.Seed >= 0);
    }

    [Fact]
    public void RepeatsOfAnotherSeed_AreOthers_AndNoNodesSeedIsAmongThem()
    {
        long[] seeds = [.. Enumerable.Range(0, 50).Select(r => RepeatSeed.Of(1, r))];
        seeds.Concat(Enumerable.Range(0, 50).Select(r => RepeatSeed.Of(2, r)))
            .Concat(Enumerable.Range(1, 50).Select(n => (long)NodeSeed.Of(1, n)))
            .Distinct().Count().ShouldBe(150);
    }

    [Fact]
    public void Ids_FollowFromTheResolvedJobAndTheSeed()
    {
        SweepPlan plan = SweepFixture.Good(SweepFixture.Job, "tdf=1,10", "cores.frequency=2GHz");
        SweepPlan again = SweepFixture.Good(
            "# other text\n" + SweepFixture.Job, "tdf=10,20", "cores.frequency=2000MHz");

        plan.Points.ShouldAllBe(point => PointId.IsOne(point.Id));
        again.Points[0].Id.ShouldBe(plan.Points[1].Id); // Time.tdf 10 at 2 GHz, however said.
        again.Points[1].Id.ShouldNotBe(plan.Points[1].Id);
        SweepFixture.Good(SweepFixture.Job, "tdf=1,10", "seed=2").Points[0].Id
            .ShouldNotBe(SweepFixture.Good(SweepFixture.Job, "tdf=1,10").Points[0].Id);
    }

    /// <summary>As `sweep --run-point` makes it, from the table alone.</summary>
    [Theory]
    [InlineData("guest.program.args=[a, 'b c', \"d,e\"],[]")]
    [InlineData("guest.program.env.A='null','x y',\"~\"")]
    [InlineData("memory.caches.l2={size: 1MiB, ways: 16, latency: 14cycles},none")]
    [InlineData("time.tdf=1..2:lin4")]
    [InlineData("guest.program.args=[\"\\u0001\", \"q\\\"q\"],['[a]', '{b']")]
    public void Point_IsTheSameFromItsRow(string argument)
    {
        SweepInput input = SweepFixture.Input(SweepFixture.Job + "sweep: {repeat: 2}", argument);
        SweepPlan plan = input.Plan(FileHashes.Fresh(), new DiagnosticBag())!;
        foreach (SweepPoint point in plan.Points)
        {
            string row = new System.Text.StringBuilder().AppendRow(SweepFolder.Head(point)).ToString();
            IReadOnlyList<string> cells = CsvText.Read(row).Single();
            DiagnosticBag bag = new();
            LoadedJob? job = input.Point(plan.Paths, [.. cells.Skip(3)], point.Seed, bag);
            job.ShouldNotBeNull(bag.Print());
            PointId.Of(job.Resolved, FileHashes.Fresh().Of(job.Resolved, "/")).ShouldBe(point.Id, row);
        }
    }

    [Fact]
    public void Point_HasStreamsAndFilesOfItsOwn()
    {
        SweepInput input = SweepFixture.Input(
            SweepFixture.Job + "outputs: {statistics: [text]}\n",
            "guest.program.stdout=inherit", "guest.program.stdin=inherit", "tdf=1,2");
        Job job = input.Point(["time.tdf"], ["2"], 5, new DiagnosticBag())!.Resolved;
        NodeJob node = job.Nodes[0];
        node.Guest.Program.Stdout.ShouldBe(OutputChoice.File);
        node.Guest.Program.Stderr.ShouldBe(OutputChoice.File);
        node.Guest.Program.Stdin.ShouldBe("none");
        node.Guest.Files.ShouldAllBe(grant => grant.Access == GrantAccess.Read);
        job.Outputs.Statistics.ShouldBe([StatisticsFormat.Text, StatisticsFormat.Json]);
        job.Seed.ShouldBe(5);
        job.Sweep.ShouldBeNull();
    }

    [Theory]
    [InlineData("sweep: {parameters: {tdf: [1..10]}}", "job.yaml:5:28: error: sweep of time.tdf: the range '1..10' does not say its steps", "DL0701")]
    [InlineData("sweep: {parameters: {tdf: 1..10 log 3}}", "expected a list of values", "write [1..10 log 3]")]
    [InlineData("sweep: {parameters: {tdf: []}}", "there is no value", "DL0703")]
    [InlineData("sweep: {parameters: {}}", "nothing is swept", "DL0703")]
    [InlineData("sweep: {repeat: 1}", "nothing is swept", "DL0703")]
    [InlineData("sweep: {parameters: {tdf: [1, 2]}, where: [tdf > 3]}", "no point is left", "DL0703")]
    [InlineData("sweep: {parameters: {tdf: [1, 2]}, where: [tdf > 3us]}", "job.yaml:5:48: error: sweep.where: a plain number can't be compared", "DL0702")]
    [InlineData("sweep: {parameters: {tdf: [1, 2]}, where: ['tdf # 3']}", "job.yaml:5:49: error: sweep.where: '#' means nothing", "DL0702")]
    [InlineData("sweep: {parameters: {tdf: [1, 2], time.tdf: [3]}}", "time.tdf is swept twice", "DL0201")]
    [InlineData("sweep: {zip: [{tdf: [1, 2], cores.count: [1]}]}", "time.tdf has 2, cores.count has 1", "DL0201")]
    [InlineData("sweep: {parameters: {seed: [1, 2]}}", "the seed is not swept", "DL0201")]
    [InlineData("sweep: {parameters: {tdf: [1, 1]}}", "two points are the same job: time.tdf=1; and time.tdf=1", "DL0704")]
    [InlineData("sweep: {parameters: {memory.size: [1GiB, 1024MiB]}}", "two points are the same job", "DL0704")]
    [InlineData("sweep: {parameters: {cores.count: [1, 0]}}", "job.yaml:5:39: error: nodes[0].cores.count: 0 is out of range", "at the point cores.count=0")]
    [InlineData("sweep: {parameters: {cores.cuont: [1, 2]}}", "nodes[0].cores.cuont: no such key", "did you mean 'count'?")]
    [InlineData("sweep: {parameters: {\"nodes[3].tdf\": [1, 2]}}", "there is no item [3]", "DL0301")]
    [InlineData("sweep: {parameters: {cores.frequency: [1GHz, 2]}}", "has no unit", "DL0104")]
    [InlineData("sweep: {paramters: {}}", "sweep.paramters: no such key", "parameters")]
    [InlineData("sweep: {parameters: {tdf: [1, 2]}, stop: {metric: virtualTime, least: 5, most: 3}}", "3 is below the least, 5", "DL0201")]
    [InlineData("sweep: {parameters: {tdf: [1, 2]}, stop: {metric: x, within: 3}}", "'3' is not a percentage", "DL0104")]
    [InlineData("sweep: {parameters: {tdf: [1, 2]}, stop: {metric: x, confidence: 100%}}", "out of range", "DL0105")]
    [InlineData("sweep: {repeat: 4, parameters: {tdf: [1, 2]}, stop: {metric: x, least: 2, most: 9}}", "sweep.repeat says 4", "DL0201")]
    public void Mistakes_AreToldWithTheirPlace(string sweep, string message, string help)
    {
        string printed = SweepFixture.Mistakes(SweepFixture.Job.TrimEnd('\n') + "\n" + sweep);
        printed.ShouldContain(message);
        printed.ShouldContain(help);
    }

    [Theory]
    [InlineData("tdf=1,,2", "command line:1:7: error: time.tdf: a value is empty")]
    [InlineData("tdf=1..10:lgo3", "does not say its steps")]
    [InlineData("tdf=5..1:lin3", "does not go up")]
    [InlineData("seed=1,2", "the seed is not swept")]
    public void MistakesOfArguments_AreToldWithTheirPlace(string argument, string message) =>
        SweepFixture.Mistakes(SweepFixture.Job, argument).ShouldContain(message);

    [Fact]
    public void TdfWithNothingPhysical_IsRefusedAtItsPoint()
    {
        string printed = SweepFixture.Mistakes(CliFixture.Minimal, "tdf=1,10,20");
        printed.ShouldContain("nothing changes, for no resource is physical [DL0201]");
        printed.ShouldContain("at the point time.tdf=10");
    }

    [Fact]
    public void TooManyPoints_AreRefusedBeforeTheyAreMade() =>
        SweepFixture.Mistakes(
            SweepFixture.Job, "tdf=1..1000:step1", "cores.frequency=1..1000GHz:step1GHz", "cores.count=1,2")
            .ShouldContain("more than 1000000 combinations");

    [Fact]
    public void Launch_RefusesASweep_UnlessEveryPathIsBound()
    {
        string job = SweepFixture.Job + "sweep: {parameters: {tdf: [1, 2]}, zip: [{cores.count: [1, 2]}]}";
        CliFixture.Good(job).Sweep!.Parameters.Keys.ShouldBe(["time.tdf", "cores.count"]);
        string file = Path.Combine(Path.GetTempPath(), $"sweep-{Environment.ProcessId}.yaml");
        File.WriteAllText(file, job);
        try
        {
            Launch(file).ShouldContain($"dilaton launch {file} time.tdf=VALUE cores.count=VALUE");
            Launch(file, "tdf=3").ShouldContain("DL0705");
            Launch(file, "tdf=3", "cores.count=2").ShouldBe("");
        }
        finally
        {
            File.Delete(file);
        }

        static string Launch(string file, params string[] settings)
        {
            DiagnosticBag bag = new();
            JobPreparation.ForLaunch(
                new LaunchRequest
                {
                    JobFile = file,
                    Settings = [.. settings.Select(s => new JobSetting("", "", s))],
                },
                bag);
            return bag.Print();
        }
    }

    [Fact]
    public void SweepInAJob_IsWrittenAndReadBackTheSame()
    {
        string job = SweepFixture.Job + """
            sweep:
              parameters: {tdf: [1..4 step 1], guest.program.cwd: [/, "/tmp"]}
              zip: [{cores.count: [1, 2]}]
              where: [tdf > 1]
              stop: {metric: virtualTime, within: 2.5%}
              metrics: ["*.reads"]
            """;
        Job read = CliFixture.Good(job);
        byte[] written = JobWriter.Write(read, indented: true);
        string text = System.Text.Encoding.UTF8.GetString(written);
        text.ShouldBe(System.Text.Json.JsonSerializer.Serialize(read, JobJsonContext.Readable.Job));
        JobWriter.Write(CliFixture.Good(text), indented: true).ShouldBe(written);
    }

    [Fact]
    public void RandomSweeps_HaveTheProductsSize_OneNameAPoint_AndTheSameAgain()
    {
        Prop.ForAll(
            (from tdfs in Gen.Choose(1, 4)
             from cores in Gen.Choose(1, 4)
             from zipped in Gen.Choose(1, 3)
             from repeat in Gen.Choose(1, 3)
             select (tdfs, cores, zipped, repeat)).ToArbitrary(),
            each =>
            {
                string job = SweepFixture.Job + $$"""
                    sweep:
                      parameters: {tdf: [{{List(each.tdfs, i => $"{i + 1}")}}], cores.count: [{{List(each.cores, i => $"{i + 1}")}}]}
                      zip: [{cores.frequency: [{{List(each.zipped, i => $"{i + 1}GHz")}}], cores.model.cpi: [{{List(each.zipped, i => $"{i + 1}")}}]}]
                      repeat: {{each.repeat}}
                    """;
                if (each is (1, 1, 1, 1))
                {
                    SweepFixture.Good(job).Points.Count.ShouldBe(1);
                    return;
                }

                SweepPlan plan = SweepFixture.Good(job);
                plan.Points.Count.ShouldBe(each.tdfs * each.cores * each.zipped * each.repeat);
                plan.SeriesCount.ShouldBe(each.tdfs * each.cores * each.zipped);
                plan.Points.Select(point => point.Id).Distinct().Count().ShouldBe(plan.Points.Count);
                SweepFixture.Good(job).Points.Select(point => point.Id)
                    .ShouldBe(plan.Points.Select(point => point.Id));
            }).CheckSeeded();

        static string List(int count, Func<int, string> item) =>
            string.Join(", ", Enumerable.Range(0, count).Select(item));
    }
}
