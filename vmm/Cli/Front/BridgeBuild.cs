using System.Diagnostics;

namespace Dilaton.Cli;

/// <summary>Builds the parts that run inside of a simulator, where a job needs one that is not
/// built for the simulator that is installed.</summary>
internal static class BridgeBuild
{
    /// <returns>False: something is missing, and it was said what.</returns>
    public static bool Ensure(Job job)
    {
        foreach (PeerKind kind in job.Peers.Select(peer => peer.Kind).Distinct())
        {
            if (Bridges.BuildScript(kind) is { } script && !Run(script))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Runs a script of <see cref="Bridges.BuildScript"/>.</summary>
    public static bool Run(string script)
    {
        using Process process = Process.Start(new ProcessStartInfo(script, [Bridges.BuildFolder])
        {
            UseShellExecute = false,
        })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
