using Dilaton.Core;

namespace Dilaton.Cli;

internal static class Program
{
    /// <summary>`run`, `launch`, `plan`, `sweep` and `worker` are taken here, before anything else is loaded: a run
    /// of a small program must cost little more than the program.</summary>
    private static int Main(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["run", .. string[] rest] => RunCommand.Execute(rest),
                ["launch", .. string[] rest] => LaunchCommand.Execute(rest),
                ["plan", .. string[] rest] => PlanCommand.Execute(rest),
                ["sweep", .. string[] rest] => SweepCommand.Execute(rest),
                ["worker", .. string[] rest] => WorkerMain.Execute(rest),
                _ => CommandTree.Invoke(arguments),
            };
        }
        catch (ConfigException e)
        {
            DiagnosticBag bag = new();
            bag.Error(DiagnosticCode.Inconsistent, e.Message);
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }
        catch (PartsException e)
        {
            DiagnosticBag bag = new();
            bag.Error(DiagnosticCode.PartsUnwritable, e.Message, PartsException.Help);
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }
        catch (Exception e)
        {
            Console.Error.Write(InternalErrorText.Of(e));
            return ExitCode.Bug;
        }
    }
}
