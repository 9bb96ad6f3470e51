using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace Dilaton.Tests.Integration.Packages;

/// <summary>An installed program, used as by somebody who has nothing else of Dilaton: another working
/// folder, an empty home, and no variable of ours.</summary>
internal sealed class Installed : IDisposable
{
    // As a command's output is read.
    private static readonly string s_schema =
        File.ReadAllText(Path.Combine(Paths.Root, "docs", "job.schema.json"), Encoding.Latin1);

    // Not in /tmp, which no guest sees: it could not start there.
    private readonly TempFolder _work = new("/var/tmp");
    private readonly string _program;
    private readonly string _before;
    private readonly string _folder;

    /// <param name="folder">That it is installed to; nothing may change in it.</param>
    /// <param name="program">In that folder.</param>
    public Installed(string folder, string program)
    {
        _folder = folder;
        _program = program;
        _before = Listing(folder);
        Directory.CreateDirectory(Home);
    }

    public string Home => _work.File("home");

    public string Cache => Path.Combine(Home, ".cache");

    public CommandResult Run(params string[] arguments) => RunWith([], arguments);

    public CommandResult RunWith(string[] variables, params string[] arguments) => Command.Run(_program, arguments, new()
    {
        Folder = _work.Path,
        Variables = ["-i", "PATH=/usr/bin:/bin", $"HOME={Home}", "DOTNET_ROOT=/usr/share/dotnet", .. variables],
    });

    public string Good(params string[] arguments)
    {
        CommandResult result = Run(arguments);
        result.ExitCode.ShouldBe(0, string.Join(' ', arguments) + "\n" + result.Output + result.Error);
        return result.Output;
    }

    public string PathOf(string name) => _work.File(name);

    public JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(_work.File(name)))!;

    /// <summary>What each kind of package must be able to do.</summary>
    public void Works()
    {
        Good("version").ShouldStartWith($"dilaton {Version()} (");
        Good("doctor").ShouldContain($"ok    bridges        built in {Cache}/dilaton/");
        Good("run", "-q", "-o", "run", "--cores", "3", "--", "/usr/bin/nproc").ShouldBe("3\n");
        (Good("schema", "job") == s_schema).ShouldBeTrue("the schema is in the program");
        Good("completion", "bash").ShouldContain("_dilaton() {");
        Good("man").ShouldStartWith(".TH DILATON 1");
        Directory.Exists(Cache).ShouldBeFalse("nothing so far needs the cache");

        Good("unpack", "parts");
        Good("launch", "-q", "-o", "launch", "parts/docs/examples/first-light.yaml").ShouldContain("/etc/passwd");
        Json("launch/result.json")["status"]!.GetValue<string>().ShouldBe("ok");
        Good("sweep", "parts/docs/examples/sweep.yaml", "-o", "sweep", "time.tdf=1,2").ShouldContain("2 of 2 points ok");
        new FileInfo(PathOf("sweep/results.db")).Length.ShouldBeGreaterThan(0);
        File.ReadAllText(PathOf("sweep/tasks.txt"))
            .ShouldStartWith($"{CommandName} sweep --run-point ", customMessage: "what a scheduler runs");
        Good("report", "sweep");
        File.ReadAllText(PathOf("sweep/report.html")).ShouldContain("uPlot");
        FindsItsBridges();
        Listing(_folder).ShouldBe(_before, "nothing is written to where it is installed");
    }

    public void Dispose() => _work.Dispose();

    public static string Version() => System.Xml.Linq.XDocument
        .Load(Path.Combine(Paths.Root, "vmm", "Cli", "Dilaton.Cli.csproj"))
        .Descendants("Version").Single().Value;

    // A tool is started through a link; what it leads to has another name.
    private string CommandName => new FileInfo(_program).LinkTarget is null ? _program : "dilaton";

    // There is no gem5 in that PATH, which only the script that builds for it says so.
    private void FindsItsBridges()
    {
        CommandResult check = Run("gem5", "check");
        check.ExitCode.ShouldBe(6);
        check.Error.ShouldContain("gem5 is missing: no gem5.opt in PATH [DL0602]");
    }

    private static string Listing(string folder) => Command.Run(
        "/usr/bin/find", [folder, "-printf", "%P %y %m %s %T@\n"]).Output;
}
