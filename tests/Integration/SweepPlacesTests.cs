using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Where the local pool runs points: processors of their own, and no more than memory holds.
/// </summary>
public sealed class SweepPlacesTests
{
    [SeveralProcessorsFact]
    public void PointsAtOnce_KeepToProcessorsOfTheirOwn_WithTheirWorkers()
    {
        using Sweep sweep = new(Endless("64MiB"));
        using Process process = sweep.Start("-j", "2");
        Sweep.Wait(process, () => Workers(process).Length == 2);
        int[][] allowed = [.. Workers(process).Select(worker => Allowed(worker))];
        int[][] points = [.. Points(process).Select(point => Allowed(point))];
        int[] own = Allowed(Environment.ProcessId);
        End(process);

        allowed.Length.ShouldBe(2, sweep.Error);
        allowed.Select(list => string.Join(',', list)).Order()
            .ShouldBe(points.Select(list => string.Join(',', list)).Order());
        allowed.ShouldAllBe(list => list.Length == own.Length / 2);
        allowed[0].Intersect(allowed[1]).ShouldBeEmpty();
        allowed.SelectMany(list => list).Except(own).ShouldBeEmpty();
    }

    [SeveralProcessorsFact]
    public void APointAlone_HasAllProcessors()
    {
        using Sweep sweep = new(Endless("64MiB"));
        using Process process = sweep.Start("-j", "1");
        Sweep.Wait(process, () => Workers(process).Length == 1);
        int[] allowed = Allowed(Workers(process)[0]);
        End(process);
        allowed.ShouldBe(Allowed(Environment.ProcessId));
    }

    [SeveralProcessorsFact]
    public void NoMorePointsRunAtOnce_ThanMemoryHolds()
    {
        long freeKiB = long.Parse(
            File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
        using Sweep large = new(Endless(string.Create(
            CultureInfo.InvariantCulture, $"{freeKiB / 1024 * 7 / 10}MiB")));
        large.Run("--dry-run").Error.ShouldContain("1 at once (free memory)");
        CommandResult told = large.Run("--dry-run", "-j", "2");
        told.Error.ShouldContain("2 at once (-j)");
        told.Error.ShouldContain("[DL0602]");
        using Sweep small = new(Endless("64MiB"));
        small.Run("--dry-run").Error.ShouldContain("at once (processors)");
    }

    private static string Endless(string memory) => $$"""
        apiVersion: dilaton/v1
        nodes:
          - memory: {size: {{memory}}}
            guest: {program: {path: {{Paths.Guest("endless")}}} }
        sweep: {parameters: {cores.frequency: [1GHz, 2GHz, 3GHz]} }
        """;

    /// <summary>Processes of points: those that were told to.</summary>
    private static int[] Points(Process sweep) =>
        [.. Descendants.Of(sweep.Id).Where(id => Words(id).Contains("--run-point"))];

    /// <summary>Processes of guests: what points have started.</summary>
    private static int[] Workers(Process sweep) =>
        [.. Points(sweep).SelectMany(Descendants.Of).Distinct()];

    private static string[] Words(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Processors that a process may run on, as the kernel says: "0-1,4".</summary>
    private static int[] Allowed(int process)
    {
        string list = File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1];
        return
        [
            .. list.Split(',').Select(range => range.Split('-'))
                .SelectMany(ends => Enumerable.Range(
                    int.Parse(ends[0], CultureInfo.InvariantCulture),
                    int.Parse(ends[^1], CultureInfo.InvariantCulture)
                        - int.Parse(ends[0], CultureInfo.InvariantCulture) + 1)),
        ];
    }

    private static void End(Process process)
    {
        Command.Run("/bin/kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        process.WaitForExit();
    }
}
