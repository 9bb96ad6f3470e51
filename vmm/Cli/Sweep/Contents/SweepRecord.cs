namespace Dilaton.Cli;

/// <summary>What sweep.json tells of the time when the sweep was planned.</summary>
/// <param name="Name">Of the job.</param>
/// <param name="Version">Of Dilaton.</param>
/// <param name="Files">That points name.</param>
internal sealed record SweepRecord(string Name, string Version, IReadOnlyList<InputFile> Files)
{
    /// <summary>Nothing was planned, or it can't be read.</summary>
    public static SweepRecord None { get; } = new("", "", []);

    /// <summary>This Dilaton's version.</summary>
    public static string VersionNow => VersionOf(ToolVersion.Text, ToolVersion.Commit);

    public static string VersionOf(string text, string commit) => $"{text} ({commit})";
}
