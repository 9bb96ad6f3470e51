using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Architecture;

/// <summary>What is handed to others names everybody whose work is in it.</summary>
public sealed partial class PackagingTests
{
    // Runs when we build, or only in a build that is not packaged.
    private static readonly string[] s_notInTheProgram =
        ["Grpc.Tools", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "NetMQ"];

    [Fact]
    public void Copyright_NamesEveryLibraryInTheProgram()
    {
        string copyright = Repository.Read("packaging/copyright");
        Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && !Repository.IsTest(f))
            .SelectMany(f => PackageReference().Matches(Repository.Read(f)).Select(m => m.Groups["name"].Value))
            .Distinct()
            .Except(s_notInTheProgram)
            .Where(name => !copyright.Contains(name, StringComparison.Ordinal))
            .ShouldBeNone("Not in packaging/copyright");
    }

    [Fact]
    public void Copyright_NamesEveryVendoredFile()
    {
        string[] stanzas =
        [
            .. Repository.Read("packaging/copyright").Split('\n')
                .Where(line => line.StartsWith("Files: vmm/", StringComparison.Ordinal))
                .Select(line => Regex.Escape(line["Files: ".Length..]).Replace(@"\*", ".*", StringComparison.Ordinal)),
        ];
        Repository.Files.Where(f => f.Contains("/vendor/", StringComparison.Ordinal)
                && (f.EndsWith(".js", StringComparison.Ordinal) || f.EndsWith(".css", StringComparison.Ordinal)))
            .Where(f => !stanzas.Any(stanza => Regex.IsMatch(f, $"^{stanza}$")))
            .ShouldBeNone("Not in packaging/copyright");
    }

    [Fact]
    public void Version_IsSaidOnce() =>
        Repository.Files.Where(f => f.EndsWith("proj", StringComparison.Ordinal)
                || f.EndsWith(".props", StringComparison.Ordinal))
            .Count(f => Repository.Read(f).Contains("<Version>", StringComparison.Ordinal))
            .ShouldBe(1);

    [GeneratedRegex("<PackageReference Include=\"(?<name>[^\"]+)\"")]
    private static partial Regex PackageReference();
}
