using Dilaton.Protocol;

namespace Dilaton.Tests.Integration;

internal static class Requirement
{
    /// <summary>Null if NetMQ and our stand-alone peer are built, else why the test is skipped.
    /// </summary>
    public static string? NetMq => NetMqTransport.IsBuilt
        ? Missing([PeerJob.Program])
        : "needs a build with -p:UseNetMQ=true";

    /// <summary>Null if all are there, else why the test is skipped.</summary>
    public static string? Missing(string[] files)
    {
        string[] missing = [.. files.Where(f => !File.Exists(f))];
        return missing.Length == 0 ? null : $"needs {string.Join(", ", missing)}";
    }
}
