using System.Diagnostics;

namespace Dilaton.Tests.Architecture;

/// <summary>The files that are, or are about to be, tracked.</summary>
internal static class Repository
{
    private static readonly Lazy<string> s_root = new(FindRoot);
    private static readonly Lazy<IReadOnlyList<string>> s_files = new(List);
    private static readonly Lazy<IReadOnlyList<CSharpFile>> s_sources = new(() =>
        [.. Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)
            && !f.EndsWith(".g.cs", StringComparison.Ordinal)).Select(f => new CSharpFile(f))]);

    public static string Root => s_root.Value;

    /// <summary>Paths from the root, with forward slashes, sorted.</summary>
    public static IReadOnlyList<string> Files => s_files.Value;

    /// <summary>All C# files that people wrote.</summary>
    public static IReadOnlyList<CSharpFile> Sources => s_sources.Value;

    public static bool IsTest(string path) => path.StartsWith("tests/", StringComparison.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Text files only: a NUL byte makes a file binary.</summary>
    public static IEnumerable<(string Path, string[] Lines)> TextFiles()
    {
        foreach (string path in Files)
        {
            string text = Read(path);
            if (!text.Contains('\0'))
            {
                yield return (path, text.Split('\n'));
            }
        }
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dilaton.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Dilaton.slnx is in no parent folder");
    }

    private static List<string> List()
    {
        string[] paths = Git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var files = paths.Where(p => File.Exists(Path.Combine(Root, p))).Distinct().ToList();
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException("git failed");
    }
}
