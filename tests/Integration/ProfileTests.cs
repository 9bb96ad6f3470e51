using System.Globalization;
using System.Text.Json.Nodes;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>`--profile`: where time goes, by function, line, segment and place of allocation.</summary>
public sealed class ProfileTests
{
    private const int WalkedLines = (64 << 20) / 64;
    private const int TableLines = (1 << 20) / 64;
    private const int Stays = 1 << 20;

    [Theory]
    [InlineData("filtered", "inorder")]
    [InlineData("full", "inorder")]
    [InlineData("full", "interval")]
    public void KnownMisses_AreToldOfTheirFunction_AndAllLinesSumUpToTheRun(string level, string core)
    {
        Run run = Where(["--events", level, $"cores.model.kind={core}", "--profile", "data"], "static");
        Dictionary<string, decimal> walk = Busiest(run, "walk");
        walk["loads"].ShouldBe(WalkedLines + TableLines);
        walk["l1dLoadMisses"].ShouldBe(WalkedLines + TableLines);
        walk["l2Misses"].ShouldBeInRange(WalkedLines + TableLines, WalkedLines + TableLines + 2);
        walk["l3Misses"].ShouldBe(walk["l2Misses"]);
        Dictionary<string, decimal> stay = Busiest(run, "stay");
        stay["loads"].ShouldBe(Stays);
        stay["l1dLoadMisses"].ShouldBe(1);

        // Its two returns find their line of the stack gone.
        Function(run, "walk")["l1dLoadMisses"].ShouldBe(WalkedLines + TableLines + 2);
        SumsUp(run);
        if (core == "inorder")
        {
            // Each miss takes 46 cycles to the cut and 80 ns of 2 GHz behind it, less the L1 hit that it is not.
            walk["memory"].ShouldBe((WalkedLines + TableLines) * (46 + 160 - 4));
            stay["memory"].ShouldBe(46 + 160 - 4);
        }

        decimal bss = Data(run, "bss", "l1dLoadMisses");
        bss.ShouldBeInRange(TableLines - 64, TableLines + 64);
        JsonNode site = Profile(run)["data"]!.AsArray()
            .Single(row => row!["kind"]!.GetValue<string>() == "allocation"
                && row["function"]!.GetValue<string>() == "grow")!;
        site["bytes"]!.GetValue<long>().ShouldBe((64 << 20) + 64);
        site["allocations"]!.GetValue<int>().ShouldBe(1);

        // Those of the walk, and the one of who stays in its first line.
        Value(run, site["values"]!, "l1dLoadMisses").ShouldBe(WalkedLines + 1);
        site["source"]!.GetValue<string>().ShouldEndWith("where.c");
    }

    [Fact]
    public void AProfile_ChangesNoResult_AndIsTheSameTwice()
    {
        string[] small = ["2097152", "5000"];
        Run plain = Of([], "threads", []);
        Run one = Of(["--profile", "data", "profile.timeline=true"], "threads", []);
        Run two = Of(["--profile", "data", "profile.timeline=true"], "threads", []);
        one.Deterministic.ShouldBe(plain.Deterministic);
        foreach (string name in one.Files.Keys.Where(n => n.StartsWith("procs/node0/", StringComparison.Ordinal)))
        {
            two.Files[name].ShouldBe(one.Files[name], name);
        }

        plain.Files.Keys.ShouldNotContain("procs/node0/profile.json");
        one.Files.Keys.ShouldContain("procs/node0/profile-data.csv");
        SumsUp(one);
        Run other = Of(["--events", "full", "--profile", "code", "--cores", "2", "memory.tlb={}"], "where", small, "dynamic");
        SumsUp(other);
        Function(other, "walk")["tlb"].ShouldBeGreaterThan(0);
    }

    /// <summary>A number of 4000 is compared about 20 times: nobody knows how it turns out.</summary>
    [Theory]
    [InlineData("filtered", "inorder")]
    [InlineData("full", "inorder")]
    [InlineData("full", "interval")]
    public void MispredictedBranches_AreToldOfTheirLines_AndSumUpToTheRun(string level, string core)
    {
        string[] options = ["--events", level, $"cores.model.kind={core}", "cores.model.branchPredictor=gshare"];
        Run plain = Of(options, "bounds", ["sort", "4000", "1"]);
        Run run = Of(
            [.. options, "--profile", "data", "profile.timeline=true"], "bounds", ["sort", "4000", "1"]);
        run.Deterministic.ShouldBe(plain.Deterministic);
        SumsUp(run, isByCause: core == "inorder");
        decimal wrong = run.Statistic("vcpu0.branchMispredictions");
        Function(run, "quicksort")["mispredictions"].ShouldBeInRange(wrong * 9 / 10, wrong);
        Function(run, "quicksort")["branch"].ShouldBeGreaterThan(0);
        Columns(Of(["--profile", "code"], "where", ["262144", "4096"])).ShouldNotContain("branch");

        run.Files["procs/node0/profile.txt"].ShouldContain(" mispredicted  function\n");

        // The two loops that look for what is on the wrong side, and the test between them.
        JsonNode[] lines = [.. Rows(run, "lines")
            .OrderByDescending(row => Value(run, row["values"]!, "mispredictions"))
            .Take(3)];
        lines.ShouldAllBe(row => row["function"]!.GetValue<string>() == "quicksort");
        foreach (JsonNode row in Rows(run, "lines"))
        {
            decimal stall = Value(run, row["values"]!, "branch");
            decimal penalty = 15 * Value(run, row["values"]!, "mispredictions");
            (core == "inorder" ? stall == penalty : stall >= penalty).ShouldBeTrue($"{row["line"]}: {stall}");
        }

        JsonNode[] slices = [.. JsonNode.Parse(run.Files["procs/node0/timeline.json"])!["traceEvents"]!.AsArray()
            .Where(e => e!["ph"]!.GetValue<string>() == "X").Select(e => e!["args"]!)];
        slices.Sum(slice => slice["branch"] is { } part ? Number(part) : 0)
            .ShouldBe(run.Statistic("vcpu0.cycles.stall.branch"));
    }

    /// <summary>Every address of some functions, and the profile has their lines.</summary>
    [Theory]
    [InlineData("where", "static", "walk stay grow main")]
    [InlineData("quicksort", "dynamic", "main")]
    [InlineData("exceptions", "static-pie", "main")]
    public void Lines_AreThoseOfAddr2line(string name, string kind, string functions)
    {
        string guest = Paths.Guest(name, kind);
        LineTable table = LineTable.Read(new HostSymbolFile(guest));
        string[] symbols = Command.Run("nm", ["-S", guest]).Output.Split('\n');
        int found = 0;
        foreach (string function in functions.Split(' '))
        {
            string[] symbol = symbols.Select(line => line.Split(' '))
                .Single(words => words.Length == 4 && words[3] == function);
            ulong start = ulong.Parse(symbol[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            ulong length = ulong.Parse(symbol[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            string[] addresses = [.. Enumerable.Range(0, (int)length).Select(i => $"{start + (ulong)i:x}")];
            string[] told = Command.Run("addr2line", ["-e", guest, .. addresses]).Output.Trim().Split('\n');
            for (int i = 0; i < addresses.Length; i++)
            {
                string expected = Path.GetFileName(told[i].Split(' ')[0]);
                string ours = table.TryFind(start + (ulong)i, out CodeLine line)
                    ? $"{Path.GetFileName(line.File)}:{line.Line}"
                    : "??:?";
                ours.ShouldBe(expected.Replace("??:0", "??:?", StringComparison.Ordinal), $"{function}+{i}");
                found += ours[0] == '?' ? 0 : 1;
            }
        }

        found.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void CodeWithoutLines_HasNoneOfItsNeighbours()
    {
        Run run = Of(["--profile", "code"], "where", ["262144", "4096"]);
        foreach (JsonNode row in Rows(run, "lines").Where(row => row["line"]!.GetValue<int>() > 0))
        {
            row["function"]!.GetValue<string>().ShouldBeOneOf("walk", "stay", "grow", "main");
            Path.GetFileName(row["file"]!.GetValue<string>()).ShouldBeOneOf("where.c", "guest.h");
        }

        Rows(run, "lines").Count(row => row["line"]!.GetValue<int>() > 0).ShouldBeInRange(8, 40);
    }

    [Fact]
    public void TheCachegrindFile_SumsUpForCgAnnotate()
    {
        Run run = Of(["--profile", "code"], "where", ["262144", "4096"]);
        string text = run.Files["procs/node0/cachegrind.out"];
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string events = lines.Single(line => line.StartsWith("events:", StringComparison.Ordinal));
        long[] sums = new long[events.Split(' ').Length - 1];
        foreach (string line in lines.Where(line => char.IsAsciiDigit(line[0])))
        {
            long[] values = [.. line.Split(' ').Skip(1).Select(v => long.Parse(v, CultureInfo.InvariantCulture))];
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += values[i];
            }
        }

        lines[^1].ShouldBe($"summary: {string.Join(' ', sums)}");
        sums[0].ShouldBe((long)run.Instructions);
    }

    [Fact]
    public void SymbolsOfAnotherBuild_AreRefused_AndDamagedLinesAreToldByFunction()
    {
        using var folder = new TempFolder("/var/tmp");
        string guest = Paths.Guest("where");
        Run refused = Where(["--profile", "code", $"profile.symbols={Paths.Guest("chase")}"], "static");
        refused.ExitCode.ShouldBe(2, refused.Error);
        refused.Error.ShouldContain("is of another build than");
        refused.Error.ShouldContain("DL0810");

        // Its line table ends in the middle.
        string sections = Command.Run("readelf", ["-SW", guest]).Output;
        string[] words = sections.Split('\n').Single(line => line.Contains(" .debug_line ", StringComparison.Ordinal))
            .Split(']')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long offset = long.Parse(words[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        byte[] damaged = File.ReadAllBytes(guest);
        damaged[offset + 1] = 0xff;
        string path = folder.File("where");
        File.WriteAllBytes(path, damaged);
        Run run = Where(["--profile", "code", $"profile.symbols={path}"], "static");
        run.ExitCode.ShouldBe(0, run.Error);
        Function(run, "walk")["loads"].ShouldBeGreaterThan(WalkedLines);
        Profile(run)["remarks"]!.ToJsonString().ShouldContain("its line table is damaged");
        Rows(run, "lines").ShouldAllBe(row => row["line"]!.GetValue<int>() == 0);
        Where(["--profile", "code", $"profile.symbols={guest}"], "static").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void TheTimeline_HasSlicesWithoutGap_WhoseCyclesAreTheRuns()
    {
        Run run = Of(["--cores", "2", "profile.timeline=true"], "threads", []);
        JsonArray events = JsonNode.Parse(run.Files["procs/node0/timeline.json"])!["traceEvents"]!.AsArray();
        events.Count(e => e!["ph"]!.GetValue<string>() == "C").ShouldBeGreaterThan(4);
        foreach (int vcpu in (int[])[0, 1])
        {
            decimal end = 0;
            Dictionary<string, decimal> sums = [];
            foreach (JsonNode? slice in events.Where(e =>
                e!["ph"]!.GetValue<string>() == "X" && e["tid"]!.GetValue<int>() == vcpu + 1))
            {
                Number(slice!["ts"]!).ShouldBe(end);
                end += Number(slice["dur"]!);
                foreach ((string part, JsonNode? value) in slice["args"]!.AsObject())
                {
                    sums[part] = sums.GetValueOrDefault(part) + Number(value!);
                }
            }

            (end * 1_000_000).ShouldBeInRange(1, run.VirtualTimePs + 10_000_000);
            foreach (string part in (string[])["l1", "fetch", "l2", "l3", "memory", "storeBuffer", "tlb", "window"])
            {
                sums.GetValueOrDefault(part).ShouldBe(run.Statistic($"vcpu{vcpu}.cycles.stall.{part}"), part);
            }

            foreach (string part in (string[])["executed", "kernel", "waiting"])
            {
                sums.GetValueOrDefault(part).ShouldBe(run.Statistic($"vcpu{vcpu}.cycles.{part}"), part);
            }

            sums["instructions"].ShouldBe(run.Statistic($"vcpu{vcpu}.instructions"));
        }
    }

    private static Run Where(IEnumerable<string> options, string kind) => Of(options, "where", [], kind);

    private static Run Of(
        IEnumerable<string> options, string guest, IEnumerable<string> arguments, string kind = "static") =>
        Run.Of(options, Paths.Guest(guest, kind), arguments);

    private static JsonNode Profile(Run run) => JsonNode.Parse(run.Files["procs/node0/profile.json"])!;

    private static IEnumerable<JsonNode> Rows(Run run, string kind) =>
        Profile(run)[kind]!.AsArray().Select(row => row!);

    private static decimal Number(JsonNode node) =>
        decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string[] Columns(Run run) =>
        [.. Profile(run)["columns"]!.AsArray().Select(column => column!["name"]!.GetValue<string>())];

    private static decimal Value(Run run, JsonNode values, string column) =>
        Number(values[Array.IndexOf(Columns(run), column)]!);

    private static Dictionary<string, decimal> Function(Run run, string name)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        JsonNode row = Rows(run, "functions").Single(row => row["function"]!.GetValue<string>() == name);
        return Columns(run).Zip(row["values"]!.AsArray(), (column, value) => (column, Number(value!)))
            .ToDictionary(pair => pair.column, pair => pair.Item2);
    }

    /// <summary>The line of a function that loads the most.</summary>
    private static Dictionary<string, decimal> Busiest(Run run, string function)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        string[] columns = Columns(run);
        int loads = Array.IndexOf(columns, "loads");
        JsonNode row = Rows(run, "lines").Where(row => row["function"]!.GetValue<string>() == function)
            .MaxBy(row => Number(row["values"]![loads]!))!;
        return columns.Zip(row["values"]!.AsArray(), (column, value) => (column, Number(value!)))
            .ToDictionary(pair => pair.column, pair => pair.Item2);
    }

    private static decimal Data(Run run, string kind, string column) => Rows(run, "data")
        .Where(row => row["kind"]!.GetValue<string>() == kind)
        .Sum(row => Value(run, row["values"]!, column));

    /// <summary>Lines, with what is of none, are the run's statistics to the last cycle and miss; and what is
    /// of none is the kernel's and waiting.</summary>
    /// <param name="isByCause">False: an answer may have moved stall from one cause to another.</param>
    private static void SumsUp(Run run, bool isByCause = true)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        JsonNode profile = Profile(run);
        string[] columns = Columns(run);
        for (int i = 0; i < columns.Length; i++)
        {
            decimal elsewhere = Number(profile["elsewhere"]![i]!);
            decimal sum = elsewhere + Rows(run, "lines").Sum(row => Number(row["values"]![i]!));
            sum.ShouldBe(Number(profile["totals"]![i]!), columns[i]);
            sum.ShouldBe(elsewhere + Rows(run, "functions").Sum(row => Number(row["values"]![i]!)), columns[i]);
            string[] statistics = columns[i] switch
            {
                "instructions" => [".instructions"],
                "cycles" => [".numCycles"],
                "executed" or "kernel" or "waiting" => [$".cycles.{columns[i]}"],
                "loads" or "stores" => [],
                "mispredictions" => [".branchMispredictions"],
                "l1iMisses" => [".l1i.demandMisses"],
                "l1dLoadMisses" => [".l1d.loadMisses"],
                "l1dStoreMisses" => [".l1d.storeMisses"],
                "l2Misses" => [".l2.demandMisses"],
                "l3Misses" => ["caches.l3.demandMisses"],
                _ => [$".cycles.stall.{columns[i]}"],
            };
            bool isStall = statistics is [{ } name] && name.StartsWith(".cycles.stall.", StringComparison.Ordinal);
            if (columns[i] is not ("cycles" or "kernel" or "waiting") && (isByCause || !isStall))
            {
                elsewhere.ShouldBe(0, columns[i]);
            }

            foreach (string statistic in statistics)
            {
                sum.ShouldBe(Total(run, statistic), statistic);
            }
        }
    }

    private static decimal Total(Run run, string statistic)
    {
        decimal sum = 0;
        foreach (string line in run.Files["stats.txt"].Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0].EndsWith(statistic, StringComparison.Ordinal)
                && (words[0].Contains(".vcpu", StringComparison.Ordinal)
                    ^ statistic.StartsWith("caches.", StringComparison.Ordinal)))
            {
                sum += decimal.Parse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture);
            }
        }

        return sum;
    }
}
