using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>System calls and signals, case by case, against this host's Linux: programs that print a
/// line per case run natively and as guests. Where a guest gets another answer, and may, the case is
/// named here with the reason.</summary>
public sealed class ConformanceTests
{
    private const int CasesMin = 300;

    private static readonly string[] s_areas =
    [
        "opens", "names", "attributes", "transfers", "memory", "waits", "locals", "lives", "clocks",
        "tasks", "handlers", "errors", "watches", "handles",
    ];

    /// <summary>Every one of these must differ: a case that has come to agree is taken out.</summary>
    private static readonly Dictionary<string, string> s_differences = new()
    {
        ["open_tmpfile"] = "no file system of a node has O_TMPFILE (EOPNOTSUPP, as of many)",
        ["link_descriptor"] = "the same",
        ["mmap_offset"] = "a private file mapping is a copy; past its end it reads as zeros",
        ["mprotect_execute"] =
            "code lies below the engine: other memory does not become executable",
        ["madvise_dontneed"] = "a private file mapping keeps its copy",
        ["madvise_remove"] = "MADV_REMOVE is EOPNOTSUPP",
        ["remap_file_pages_old"] = "absent; deprecated in Linux too",
    };

    public static TheoryData<string> Areas => [.. s_areas];

    [Theory]
    [MemberData(nameof(Areas))]
    public void Cases_GiveWhatLinuxGives(string area) => Compare(area);

    /// <summary>For these the host must have pseudoterminals, too.</summary>
    [RequiresTheory("/dev/pts/ptmx")]
    [InlineData("terminals")]
    [InlineData("sessions")]
    public void CasesOfTerminals_GiveWhatLinuxGives(string area) => Compare(area);

    [Fact]
    public void Cases_AreManyAndHaveNamesOfTheirOwn()
    {
        string[] names =
        [
            .. s_areas.SelectMany(area =>
                ByCase(Run.Native(Paths.Guest(area, "conformance"), []).Output).Keys),
        ];
        names.Length.ShouldBeGreaterThanOrEqualTo(CasesMin);
        names.ShouldBeUnique();
        s_differences.Keys.ShouldBeSubsetOf(names);
    }

    private static void Compare(string area)
    {
        string path = Paths.Guest(area, "conformance");
        CommandResult native = Run.Native(path, []);
        native.ExitCode.ShouldBe(0, native.Error);
        Run run = Run.Of(["--events", "off"], path, []);
        SortedDictionary<string, string> expected = ByCase(native.Output);
        SortedDictionary<string, string> observed = ByCase(run.Output);
        observed.Keys.ShouldBe(expected.Keys, run.Error);
        string[] unequal =
            [.. expected.Keys.Where(name => expected[name] != observed[name])];
        unequal.Where(name => !s_differences.ContainsKey(name))
            .Select(name => $"{name}: Linux{expected[name]}, guest{observed[name]}")
            .ShouldBeEmpty();
        expected.Keys.Where(s_differences.ContainsKey)
            .ShouldBe(unequal, ignoreOrder: true, "a known difference is none any more");
        run.GuestExitCode.ShouldBe(0);
    }

    private static SortedDictionary<string, string> ByCase(string output) => new(
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(line => line[..line.IndexOf(':')], line => line[(line.IndexOf(':') + 1)..]),
        StringComparer.Ordinal);
}
