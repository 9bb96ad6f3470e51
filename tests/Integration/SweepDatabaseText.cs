using Shouldly;

namespace Dilaton.Tests.Integration;

/// <summary>What results.db holds that does not depend on the host.</summary>
internal static class SweepDatabaseText
{
    private const string Query = """
        select sql from sqlite_master order by rowid;
        select point, series, repeat, seed, status, reason from run order by rowid;
        select * from param order by rowid;
        select * from stat order by rowid;
        select * from tidy;
        select * from wide;
        """;

    public static string Of(Sweep sweep)
    {
        CommandResult result = Command.Run("/usr/bin/sqlite3", [sweep.PathOf("results.db"), Query]);
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Output;
    }
}
