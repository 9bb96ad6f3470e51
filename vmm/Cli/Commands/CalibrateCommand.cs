using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton calibrate`.</summary>
internal static class CalibrateCommand
{
    private const int DefaultRepeats = 9;
    private const int RepeatsMin = 3;
    private const int RepeatsMax = 1000;
    private const string Name = "calibration";
    private const string MachineName = "machine.yaml";

    private static readonly string[] s_kinds = ["interval", "inorder"];

    public static Command Build()
    {
        Option<string> core = new("--core")
        {
            Description = "Which core model is fitted: interval (out of order) or inorder.",
            HelpName = "KIND",
            DefaultValueFactory = _ => s_kinds[0],
        };
        core.AcceptOnlyFromAmong(s_kinds);
        Option<int> repeats = new("--repeats")
        {
            Description = $"How often each program runs natively, {RepeatsMin} to {RepeatsMax}; medians count.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultRepeats,
        };
        Option<bool> json = new("--json") { Description = "The result as JSON." };
        Option<string?> output = new("--output", "-o")
        {
            Description = $"Write {MachineName} (for --machine), {Name}.txt and {Name}.json to this folder.",
            HelpName = "DIR",
        };
        Command command = new(
            "calibrate",
            "Fit a machine to this host, and say its error on programs that nothing was fitted to.")
        {
            core, repeats, json, output,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(core) == s_kinds[0] ? CoreModelKind.Interval : CoreModelKind.Inorder,
            parsed.GetValue(repeats), parsed.GetValue(json), parsed.GetValue(output)));
        return command;
    }

    private static int Run(CoreModelKind kind, int repeats, bool json, string? folder)
    {
        DiagnosticBag bag = new();
        if (repeats is < RepeatsMin or > RepeatsMax)
        {
            bag.Error(DiagnosticCode.BadOption, $"--repeats: expected {RepeatsMin} to {RepeatsMax}, found {repeats}");
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        int code = ExitCode.EnvironmentMissing;
        using LawBench bench = new(quick: false, Console.Error, command: "calibrate");
        try
        {
            CalibrationResult result = new Calibrator(bench, kind, repeats).Run();
            string text = CalibrationText.Of(result), document = CalibrationText.Json(result);
            Console.Out.Write(json ? document : text);
            code = folder is null ? ExitCode.Ok : Write(folder, result, text, document, bag);
        }
        catch (CalibrationException e)
        {
            bag.Error(e.Code, e.Message, e.Help);
        }
        catch (InvalidOperationException e)
        {
            bag.Error(
                DiagnosticCode.CalibrationImpossible, e.Message, "try again when the host has less to do");
        }
        catch (LawRunException e)
        {
            code = e.Code;
            if (!e.IsStopped)
            {
                bag.Error(DiagnosticCode.CalibrationImpossible, e.Message);
            }
        }

        Console.Error.Write(bag.Print());
        return code;
    }

    private static int Write(
        string folder, CalibrationResult result, string text, string document, DiagnosticBag bag)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"{Name}.txt"), text);
            File.WriteAllText(Path.Combine(folder, $"{Name}.json"), document);
            File.WriteAllText(Path.Combine(folder, MachineName), CalibrationText.MachineFile(result));
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bag.Error(
                DiagnosticCode.OutputFolderUnwritable, $"the folder '{folder}' can't be written: {e.Message}");
            return ExitCode.Usage;
        }
    }
}
