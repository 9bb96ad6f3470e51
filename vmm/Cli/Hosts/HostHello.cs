namespace Dilaton.Cli;

/// <summary>What an agent says of itself, a line each.</summary>
/// <param name="Version">Of Dilaton there, with its commit.</param>
/// <param name="SocketFolder">Where peers and workers of that host meet.</param>
internal sealed record HostHello(string Version, string SocketFolder)
{
    public static string OwnVersion => $"{ToolVersion.Text} ({ToolVersion.Commit})";

    public string ToText() => $"{Version}\n{SocketFolder}";

    /// <returns>Null: it is none of ours.</returns>
    public static HostHello? TryParse(string text) =>
        text.Split('\n') is [string version, string folder] ? new HostHello(version, folder) : null;
}
