namespace Dilaton.Cli;

/// <summary>The process that owns terminal, job and results; it never runs guest code.</summary>
internal static class Front
{
    public static int Run(LoadedJob job, FrontOptions options)
    {
        DiagnosticBag bag = new();
        bag.Error(
            DiagnosticCode.EnvironmentMissing,
            $"job '{job.Resolved.Name}' is valid, but this build holds no engine to run it "
                + $"(results would go to {options.Folder})");
        Console.Error.Write(bag.Print());
        return ExitCode.EnvironmentMissing;
    }
}
