using System.Globalization;
using System.Text;
using System.Text.Json;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>What a sweep can be told by way of its folder: how far its points are, and to stop.
/// </summary>
internal static class ControlledSweep
{
    private const int PollMs = 100;

    public static int Execute(string folder, ControlRequest request, bool isJson) =>
        request.Verb switch
        {
            ControlVerb.Status => Status(folder, isJson),
            ControlVerb.Stop => Stop(folder),
            _ => Fail(
                DiagnosticCode.ControlRefused,
                $"'{folder}' is the folder of a sweep, which has status and stop only",
                $"a point that runs: dilaton ctl {folder}/{SweepFolder.RunsName}/ID {request}"),
        };

    private static int Status(string folder, bool isJson)
    {
        List<(string Id, string Answer)> running = [];
        int ended = 0;
        string runs = Path.Combine(folder, SweepFolder.RunsName);
        string[] folders = Directory.Exists(runs) ? Directory.GetDirectories(runs) : [];
        foreach (string run in folders.Order(StringComparer.Ordinal))
        {
            bool answers = ControlClient.Ask(run, "status", out string answer) == 0;
            if (answers && answer.Length > 0)
            {
                running.Add((Path.GetFileName(run), answer));
            }

            ended += File.Exists(Path.Combine(run, "result.json")) ? 1 : 0;
        }

        Console.Out.Write(isJson ? Json(running, ended) : Text(running, ended));
        return ExitCode.Ok;
    }

    private static string Text(List<(string Id, string Answer)> running, int ended)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture,
            $"dilaton: {running.Count} points running here, {ended} ended\n");
        foreach ((string id, string answer) in running)
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            text.Append("  ").Append(id).Append(": ")
                .Append(document.RootElement.GetProperty("text").GetString()).Append('\n');
        }

        return text.ToString();
    }

    private static string Json(List<(string Id, string Answer)> running, int ended)
    {
        IEnumerable<string> points = running.Select(
            each => $"{{\"id\":\"{each.Id}\",\"status\":{each.Answer.TrimEnd('\n')}}}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"ok\":true,\"ended\":{ended},\"running\":[{string.Join(',', points)}]}}\n");
    }

    /// <summary>As Ctrl-C does: no new point begins, those that run are ended, and --resume goes on
    /// with them.</summary>
    private static int Stop(string folder)
    {
        SweepFolder sweep = new(folder);
        if (!SweepLock.IsHeld(sweep, out int process))
        {
            return Fail(
                DiagnosticCode.NoJobRuns,
                $"no sweep is running in '{folder}' on this host",
                $"dilaton sweep --resume -o {folder} goes on with what is missing");
        }

        ChildProcesses.Interrupt(process);
        while (SweepLock.IsHeld(sweep, out _))
        {
            Thread.Sleep(PollMs);
        }

        Console.Out.Write($"dilaton: stopped; dilaton sweep --resume -o {folder} goes on\n");
        return ExitCode.Ok;
    }

    private static int Fail(DiagnosticCode code, string message, string help)
    {
        DiagnosticBag bag = new();
        bag.Error(code, message, help);
        Console.Error.Write(bag.Print());
        return ExitCode.Usage;
    }
}
