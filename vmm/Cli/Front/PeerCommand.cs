using System.Globalization;

namespace Dilaton.Cli;

/// <summary>What is started for a peer of a job.</summary>
internal static class PeerCommand
{
    /// <summary>Names the file with the job's keys, for a peer on another host than whom it serves.
    /// </summary>
    public const string KeyFileVariable = "DILATON_KEY_FILE";

    /// <param name="outputFolder">Where a simulator puts its own output.</param>
    public static IReadOnlyList<string> Of(PeerJob peer, string outputFolder) => peer.Kind switch
    {
        PeerKind.Sst =>
        [
            .. peer.Ranks > 1
                ? MpiRun.Prefix(peer.Ranks, System.Environment.IsPrivilegedProcess)
                : [],
            peer.Program ?? "sst",
            $"--add-lib-path={Bridges.SstFolder}",
            $"--output-directory={outputFolder}",
            peer.Config!,
            "--",
            .. peer.Args,
        ],
        PeerKind.Gem5 =>
        [
            peer.Program ?? "gem5.opt", $"--outdir={outputFolder}", peer.Config!, .. peer.Args,
        ],
        _ => [peer.Program!, .. peer.Args],
    };

    /// <summary>What the peer's side of the protocol reads and, for a simulator, where what we
    /// bring for it is found.</summary>
    /// <param name="keyFile">Null: it dials somebody on its own host.</param>
    public static Dictionary<string, string?> Environment(
        PeerJob peer, string endpoint, string? keyFile = null)
    {
        Dictionary<string, string?> variables = new()
        {
            ["DILATON_ENDPOINT"] = endpoint,
            ["DILATON_PEER"] = peer.Name,
        };
        if (keyFile is not null)
        {
            variables[KeyFileVariable] = keyFile;
        }

        if (peer.Kind == PeerKind.Sst)
        {
            variables[MpiRun.RanksVariable] =
                peer.Ranks.ToString(CultureInfo.InvariantCulture);
            if (peer.Ranks == 1)
            {
                MpiRun.AddAlone(variables);
            }
        }

        if (peer.Kind is PeerKind.Sst or PeerKind.Gem5)
        {
            variables["DILATON_GEM5_BRIDGE"] = Bridges.Gem5Library;
            variables["PYTHONPATH"] = PythonPath();
        }

        return variables;
    }

    /// <summary>As <see cref="Environment"/>, where a configuration is only read: nobody waits for
    /// the peer.</summary>
    public static Dictionary<string, string?> EnvironmentToRead()
    {
        Dictionary<string, string?> variables = new()
        {
            ["DILATON_ENDPOINT"] = null,
            ["DILATON_PEER"] = null,
            [MpiRun.RanksVariable] = null,
            ["PYTHONPATH"] = PythonPath(),
        };
        MpiRun.AddAlone(variables);
        return variables;
    }

    private static string PythonPath()
    {
        string path = System.Environment.GetEnvironmentVariable("PYTHONPATH") ?? "";
        string own = $"{Bridges.SstConfigs}:{Bridges.Gem5Configs}";
        return path.Length == 0 ? own : $"{own}:{path}";
    }
}
