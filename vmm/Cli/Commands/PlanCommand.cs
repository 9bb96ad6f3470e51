using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>`dilaton plan JOB.yaml`.</summary>
internal static class PlanCommand
{
    private const double SecondsStandard = 2;
    private const double SecondsMin = 0.1;
    private const double SecondsMax = 3600;

    public static int Execute(IReadOnlyList<string> arguments)
    {
        DiagnosticBag bag = new();
        ParsedArguments parsed = ParsedArguments.Read(arguments, OptionSpec.Plan, bag);
        if (parsed.HelpWanted)
        {
            return CommandTree.Invoke(["plan", "--help"]);
        }

        if (parsed.Words.Count != 1)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                parsed.Words.Count == 0
                    ? "plan needs a job file"
                    : $"plan takes one job file, not {parsed.Words.Count}",
                "dilaton plan JOB.yaml [path=value...]");
        }

        double seconds = Seconds(parsed.Value("--calibrate"), bag);
        LoadedJob? job = bag.HasErrors ? null : JobPreparation.ForLaunch(
            new LaunchRequest { JobFile = parsed.Words[0], Settings = parsed.Settings }, bag);
        Console.Error.Write(bag.Print());
        if (job is null || bag.HasErrors)
        {
            return ExitCode.Usage;
        }

        if (job.Resolved.HasSystem())
        {
            bag.Error(
                DiagnosticCode.SystemLacks,
                "a system guest's run can't be planned: its virtual time is the host's / tdf by definition",
                "dilaton launch runs it");
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        PlanMeasurement? measured = PlanRun.Measure(job, seconds, out int code);
        if (measured is null)
        {
            return code;
        }

        return Print(Planner.Make(measured), job.Resolved, parsed.Has("--json"));
    }

    private static int Print(RunPlan? plan, Job job, bool isJson)
    {
        if (plan is null)
        {
            DiagnosticBag bag = new();
            bag.Error(
                DiagnosticCode.Limit,
                "the guests' virtual time has not gone on while they were measured",
                "measure for longer: --calibrate 20s");
            Console.Error.Write(bag.Print());
            return ExitCode.LimitReached;
        }

        Console.Out.Write(isJson ? PlanJson.Of(plan, job.Name) : PlanText.Of(plan, job.Name));
        if (job.Nodes.Any(node => node.Guest.Files.Any(grant => grant.Access == GrantAccess.Write))
            && !isJson)
        {
            Console.Out.Write(
                "  files: read only while it was measured; a guest that must write may have gone "
                + "another way\n");
        }

        return ExitCode.Ok;
    }

    private static double Seconds(string? text, DiagnosticBag bag)
    {
        if (text is null)
        {
            return SecondsStandard;
        }

        if (!Quantity.TryParseDuration(text, out VirtualDuration time, out string? why))
        {
            bag.Error(DiagnosticCode.BadQuantity, $"--calibrate: {why}");
            return SecondsStandard;
        }

        double seconds = time.Picoseconds / 1e12;
        if (seconds is < SecondsMin or > SecondsMax)
        {
            bag.Error(
                DiagnosticCode.OutOfRange, $"--calibrate: {text} is out of range (100ms to 1h)");
        }

        return seconds;
    }
}
