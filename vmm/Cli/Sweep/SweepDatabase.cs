using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Dilaton.Cli;

/// <summary>results.db: the points of a sweep and what they came to, for SQL.
/// <code>
/// run(point, series, repeat, seed, status, reason, wallSeconds, cpuSeconds, slowdown)
/// param(point, path, value)     stat(point, metric, value, unit)
/// tidy: results.csv             wide: a row per point, a column per path and metric
/// </code></summary>
internal static class SweepDatabase
{
    /// <summary>SQLite's limit is 2000 columns.</summary>
    private const int MetricColumnsMax = 1900;

    private const string Tables = """
        create table run(point text primary key, series integer, repeat integer, seed integer,
            status text, reason text, wallSeconds real, cpuSeconds real, slowdown real);
        create table param(point text, path text, value, primary key(point, path));
        create table stat(point text, metric text, value, unit text, primary key(point, metric));
        """;

    /// <exception cref="IOException">The folder can't be written.</exception>
    public static void Write(SweepFolder folder, SweepPlan plan, SweepState state)
    {
        string path = folder.PathOf(SweepFolder.DatabaseName);
        string temporary = DurableFile.Temporary(path);
        File.Delete(temporary);
        SqliteLibrary.Register();
        SQLitePCL.Batteries_V2.Init();
        try
        {
            using SqliteConnection database = new($"Data Source={temporary};Pooling=False");
            database.Open();

            // Nobody sees it before it is whole.
            Execute(database, "pragma journal_mode = off; pragma synchronous = off");
            Execute(database, Tables);
            using SqliteTransaction transaction = database.BeginTransaction();
            string[] metrics = Fill(database, plan, state);
            Execute(database, Views(plan.Paths, metrics));
            transaction.Commit();
        }
        catch (SqliteException e)
        {
            throw new IOException($"{SweepFolder.DatabaseName}: {e.Message}", e);
        }

        DurableFile.Publish(path);
    }

    /// <returns>All metrics, in the order in which they first occur.</returns>
    private static string[] Fill(SqliteConnection database, SweepPlan plan, SweepState state)
    {
        OrderedDictionary<string, bool> metrics = new(StringComparer.Ordinal);
        using SqliteCommand run = Insert(database, "run", 9);
        using SqliteCommand param = Insert(database, "param", 3);
        using SqliteCommand stat = Insert(database, "stat", 4);
        IReadOnlyList<string> statuses = state.Statuses;
        for (int i = 0; i < plan.Points.Count; i++)
        {
            SweepPoint point = plan.Points[i];
            PointResult? result = statuses[i] == SweepState.NotNeeded ? null : state.Results[i];
            Add(
                run, point.Id, point.Series, point.Repeat, point.Seed, statuses[i], result?.Reason ?? "",
                result?.HostFigure("wallSeconds"), result?.HostFigure("cpuSeconds"),
                result?.HostFigure("slowdown"));
            for (int j = 0; j < plan.Paths.Count; j++)
            {
                Add(param, point.Id, plan.Paths[j], Value(point.Values[j]));
            }

            foreach (PointMetric metric in result is { IsWhole: true } ? result.Metrics : [])
            {
                metrics.TryAdd(metric.Name, true);
                Add(stat, point.Id, metric.Name, Value(metric.Value), metric.Unit);
            }
        }

        return [.. metrics.Keys];
    }

    private static string Views(IReadOnlyList<string> paths, string[] metrics)
    {
        string parameters = string.Concat(paths.Select(path =>
            $", (select value from param where param.point = run.point and path = {Text(path)}) as {Name(path)}"));
        string statistics = string.Concat(metrics.Take(MetricColumnsMax - paths.Count).Select(metric =>
            $", (select value from stat where stat.point = run.point and metric = {Text(metric)}) as {Name(metric)}"));
        return $"""
            create view tidy as select run.point, repeat, seed{parameters}, metric, stat.value as value, unit
                from run join stat on stat.point = run.point order by run.rowid, stat.rowid;
            create view wide as select run.point, series, repeat, seed, status{parameters}{statistics}
                from run order by run.rowid;
            """;
    }

    /// <summary>A number where it is one, so that it sorts as one.</summary>
    private static object Value(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
            ? whole
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number)
                ? number
                : text;

    private static SqliteCommand Insert(SqliteConnection database, string table, int columns)
    {
        SqliteCommand command = database.CreateCommand();
        string places = string.Join(", ", Enumerable.Range(0, columns).Select(i => $"@{i}"));
        command.CommandText = $"insert into {table} values({places})";
        for (int i = 0; i < columns; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"@{i}" });
        }

        return command;
    }

    private static void Add(SqliteCommand insert, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            insert.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        insert.ExecuteNonQuery();
    }

    private static void Execute(SqliteConnection database, string text)
    {
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static string Text(string text) =>
        $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Name(string name) =>
        $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
