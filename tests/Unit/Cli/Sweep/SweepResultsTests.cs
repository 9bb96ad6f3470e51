using Dilaton.Cli;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SweepResultsTests
{
    [Fact]
    public void Database_HoldsWhatTheTablesDo()
    {
        string root = Directory.CreateTempSubdirectory("sweep-results-").FullName;
        try
        {
            SweepFolder folder = new(root);
            SweepPlan plan = SweepFixture.Good(
                SweepFixture.Job, "tdf=1,10", "guest.program.args=[it's, \"a,b\"],[\"\\\"\"]");
            SweepState state = new(plan, point => Result(plan, point));
            SweepResults.Write(folder, plan, state);
            SweepDatabase.Write(folder, plan, state);

            IReadOnlyList<string>[] csv =
                [.. CsvText.Read(File.ReadAllText(folder.PathOf(SweepFolder.ResultsName)))];
            string[][] tidy = Query(folder, "select * from tidy");
            tidy.Select(row => string.Join('|', row)).ShouldBe(csv.Select(row => string.Join('|', row)));
            csv.Length.ShouldBe(1 + (2 * 2) + 1);

            Query(folder, "select point from wide where \"odd \"\"name\" > 5 and \"time.tdf\" = 10")
                .ShouldBe([["point"], [plan.Points[2].Id]]);
            Query(folder, "select status, reason, wallSeconds from run where repeat = 0")
                .Skip(1).Select(row => string.Join('|', row))
                .ShouldBe(["ok|well|1.5", "guest-failed|badly|2.5", "ok|well|1.5", "planned||"]);
            File.ReadAllLines(folder.PathOf(SweepFolder.HostName)).Length.ShouldBe(4);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>The second point failed, the last has not run.</summary>
    private static PointResult? Result(SweepPlan plan, SweepPoint point)
    {
        int index = plan.Points.ToList().IndexOf(point);
        bool isGood = index != 1;
        return index == 3 ? null : new PointResult
        {
            Status = isGood ? "ok" : "guest-failed",
            Reason = isGood ? "well" : "badly",
            IsDone = isGood,
            IsWhole = true,
            Metrics = isGood
                ? [new PointMetric("m", "0.25", "Ratio"), new PointMetric("odd \"name", "7", "")]
                : [new PointMetric("node0.exitCode", "3", "")],
            Host = [new PointMetric("wallSeconds", isGood ? "1.5" : "2.5", "")],
        };
    }

    /// <returns>Names of the columns, then rows.</returns>
    private static string[][] Query(SweepFolder folder, string text)
    {
        using SqliteConnection database =
            new($"Data Source={folder.PathOf(SweepFolder.DatabaseName)};Mode=ReadOnly;Pooling=False");
        database.Open();
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = text;
        using SqliteDataReader reader = command.ExecuteReader();
        List<string[]> rows = [[.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)]];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount)
                .Select(i => reader.IsDBNull(i) ? "" : reader.GetString(i))]);
        }

        return [.. rows];
    }
}
