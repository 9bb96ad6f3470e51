using System.CommandLine;
using System.Diagnostics;

namespace Dilaton.Cli;

/// <summary>`dilaton gem5 check`.</summary>
internal static class Gem5Command
{
    public static Command Build()
    {
        Command check = new("check", "Say what the gem5 in PATH is, and whether the bridge fits it.");
        check.SetAction(_ => Check());
        Command command = new("gem5", "About gem5 as a peer.");
        command.Add(check);
        return command;
    }

    // The script that builds the bridge says what is missing.
    private static int Check()
    {
        if (!BridgeBuild.Run(Bridges.BuildScript(PeerKind.Gem5)!))
        {
            return ExitCode.EnvironmentMissing;
        }

        string folder = Directory.CreateTempSubdirectory("dilaton-gem5-").FullName;
        try
        {
            ProcessStartInfo start = new("gem5.opt") { UseShellExecute = false };
            start.ArgumentList.Add("--quiet");
            start.ArgumentList.Add($"--outdir={folder}");
            start.ArgumentList.Add(Path.Combine(Bridges.Gem5Configs, "check.py"));
            start.Environment["DILATON_GEM5_BRIDGE"] = Bridges.Gem5Library;
            start.Environment["PYTHONPATH"] = Bridges.Gem5Configs;
            using Process gem5 = Process.Start(start)!;
            gem5.WaitForExit();
            return gem5.ExitCode == 0 ? ExitCode.Ok : ExitCode.EnvironmentMissing;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
