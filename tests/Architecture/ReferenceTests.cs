using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Architecture;

/// <summary>Who knows whom: docs/architecture.md.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> s_mayKnow = new()
    {
        ["Core"] = [],
        ["Native"] = ["Core"],
        ["Guest"] = ["Core", "Native"],
        ["Machine"] = ["Core", "Native"],
        ["Translator"] = ["Core", "Native", "Guest", "Machine"],
        ["Kvm"] = ["Core", "Native", "Guest", "Machine"],
        ["Time"] = ["Core"],
        ["Protocol"] = ["Core", "Native"],
        ["Cosim"] = ["Core", "Time", "Protocol"],
        ["Models.Core"] = ["Core"],
        ["Models.Memory"] = ["Core", "Models.Core"],
        ["Models.Network"] = ["Core", "Models.Core"],
        ["Models.Disk"] = ["Core", "Models.Core"],
        ["Models.Fault"] = ["Core", "Models.Core"],
    };

    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["Iced"] = ["Translator", "Kvm"],
        ["Google.Protobuf"] = ["Protocol"],
        ["Grpc.Tools"] = ["Protocol"],
        ["NetMQ"] = ["Protocol"],
        ["MathNet.Numerics"] = ["Cosim", "Cli", "Models.Core", "Models.Memory", "Models.Network",
            "Models.Disk", "Models.Fault"],
        ["Microsoft.Data.Sqlite.Core"] = ["Cli"],
        ["SQLitePCLRaw.bundle_e_sqlite3"] = ["Cli"],
        ["YamlDotNet"] = ["Cli"],
        ["System.CommandLine"] = ["Cli"],
        ["Spectre.Console"] = ["Cli"],
    };

    private static readonly string[] s_testsOnly =
    [
        "xunit", "xunit.runner.visualstudio", "Microsoft.NET.Test.Sdk", "FsCheck", "FSharp.Core",
        "Shouldly", "Gee.External.Capstone",
    ];

    [Fact]
    public void Projects_ReferenceOnlyWhatTheyMayKnow()
    {
        Projects().Where(p => p.Name != "Cli" && !Repository.IsTest(p.Path)).SelectMany(p =>
        {
            s_mayKnow.ShouldContainKey(p.Name, "a new project needs a line in this test");
            return Items(p.Path, "ProjectReference").Select(ProjectName)
                .Where(known => !s_mayKnow[p.Name].Contains(known))
                .Select(known => $"{p.Path} references {known}");
        }).ShouldBeNone("Dependency rules of docs/architecture.md");
    }

    [Fact]
    public void OnlyTests_ReferenceTheCli()
    {
        Projects().Where(p => !Repository.IsTest(p.Path))
            .Where(p => Items(p.Path, "ProjectReference").Select(ProjectName).Contains("Cli"))
            .Select(p => p.Path).ShouldBeNone("The composition root is nobody's library");
    }

    [Fact]
    public void Packages_StayBehindTheirFence()
    {
        Projects().Where(p => !Repository.IsTest(p.Path)).SelectMany(p =>
            Items(p.Path, "PackageReference")
                .Where(package => s_testsOnly.Contains(package)
                    || !s_mayUse.TryGetValue(package, out string[]? users)
                    || !users.Contains(p.Name))
                .Select(package => $"{p.Path} uses {package}"))
            .ShouldBeNone("A package is used by the projects named here, or by none");
    }

    [Fact]
    public void Packages_HaveTheirVersionsInOnePlace()
    {
        Projects().Where(p => XDocument.Parse(Repository.Read(p.Path))
                .Descendants("PackageReference").Any(r =>
                    (r.Attribute("Version") ?? r.Attribute("VersionOverride")) is not null))
            .Select(p => p.Path).ShouldBeNone("Versions belong in Directory.Packages.props");
    }

    [Fact]
    public void Projects_AreAllInTheSolution()
    {
        string solution = Repository.Read("Dilaton.slnx");
        Projects().Where(p => !solution.Contains($"\"{p.Path}\"")).Select(p => p.Path)
            .ShouldBeNone("Dilaton.slnx lacks a project");
    }

    [Fact]
    public void UnsafeCode_IsAllowedInNativeAlone()
    {
        Projects().Where(p => p.Name != "Native" && !Repository.IsTest(p.Path))
            .Where(p => Repository.Read(p.Path).Contains("AllowUnsafe", StringComparison.Ordinal))
            .Select(p => p.Path).ShouldBeNone("AllowUnsafeBlocks outside vmm/Native");
    }

    private static IEnumerable<(string Path, string Name)> Projects() =>
        Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(f => (f, ProjectName(f)));

    private static string ProjectName(string path) =>
        Path.GetFileNameWithoutExtension(path.Replace('\\', '/')).Replace("Dilaton.", "");

    private static IEnumerable<string> Items(string path, string element) =>
        XDocument.Parse(Repository.Read(path)).Descendants(element)
            .Select(e => (string?)e.Attribute("Include") ?? "").Where(i => i.Length > 0);
}
