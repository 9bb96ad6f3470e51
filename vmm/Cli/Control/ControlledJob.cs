using System.Text;
using System.Text.Json;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Tells a running job something, and says what came of it.</summary>
internal static class ControlledJob
{
    public static int Execute(string folder, ControlRequest request, bool isJson)
    {
        int result = ControlClient.Ask(folder, request.ToString(), out string answer);
        if (result is not 0 and not -LocalSocket.ENOENT and not -LocalSocket.ECONNREFUSED)
        {
            return Fail(
                DiagnosticCode.ControlUnreachable,
                $"the job in '{folder}' can't be reached: {HostErrno.Describe(-result)}",
                "",
                ExitCode.EnvironmentMissing);
        }

        if (answer.Length == 0)
        {
            return End(folder, request, hasAsked: result == 0);
        }

        using JsonDocument document = JsonDocument.Parse(answer);
        JsonElement root = document.RootElement;
        if (!root.GetProperty("ok").GetBoolean())
        {
            return Fail(
                (DiagnosticCode)root.GetProperty("code").GetInt32(),
                root.GetProperty("error").GetString()!,
                root.GetProperty("help").GetString()!,
                ExitCode.Usage);
        }

        Console.Out.Write(isJson ? answer : TextOf(root));
        return ExitCode.Ok;
    }

    /// <summary>The line for people, and of a status the nodes.</summary>
    public static string TextOf(JsonElement answer)
    {
        StringBuilder text = new();
        text.Append("dilaton: ").Append(answer.GetProperty("text").GetString()).Append('\n');
        if (!answer.TryGetProperty("nodes", out JsonElement nodes))
        {
            return text.ToString();
        }

        string[] awaited =
            [.. answer.GetProperty("awaited").EnumerateArray().Select(each => each.GetString()!)];
        if (awaited.Length > 0)
        {
            text.Append("  the network waits for ").Append(NodeNotes.Names(awaited)).Append('\n');
        }

        foreach (JsonElement node in nodes.EnumerateArray())
        {
            Append(text, node);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement node)
    {
        text.Append("  ").Append(node.GetProperty("name").GetString())
            .Append(": ").Append(node.GetProperty("state").GetString())
            .Append(", ").Append(ProgressLine.Short(node.GetProperty("virtualTimePs").GetUInt64()))
            .Append(", TDF ").Append(node.GetProperty("tdf").GetString());
        if (node.GetProperty("peer").GetString() is { } peer)
        {
            text.Append(", waited ")
                .Append(ProgressLine.Span(node.GetProperty("peerWaitSeconds").GetDouble()))
                .Append(" for ").Append(peer);
        }

        text.Append('\n');
        foreach (JsonElement vcpu in node.GetProperty("vcpus").EnumerateArray())
        {
            text.Append("    ").Append(vcpu.GetString()).Append('\n');
        }
    }

    /// <summary>Nobody answers: what there is of results tells the rest.</summary>
    /// <param name="hasAsked">The job ran when it was asked.</param>
    private static int End(string folder, ControlRequest request, bool hasAsked)
    {
        string? how = EndOf(folder);
        if (hasAsked && request.Verb == ControlVerb.Stop && how is not null)
        {
            Console.Out.Write($"dilaton: {how}\n");
            return ExitCode.Ok;
        }

        return (hasAsked, how) switch
        {
            (true, null) => Fail(
                DiagnosticCode.NoJobRuns,
                $"the job in '{folder}' died before it answered",
                "what it had streamed by then is lost, as is its result",
                ExitCode.PeerFailed),
            (true, _) => Fail(
                DiagnosticCode.NoJobRuns,
                $"the job in '{folder}' ended before it answered: {how}", "", ExitCode.Usage),
            (false, null) => Fail(
                DiagnosticCode.NoJobRuns,
                $"no job is running in '{folder}', and the one that did has left no result: it was "
                    + "killed, its host went down, or it runs on another host",
                "ask on the host where it runs, or run the job again",
                ExitCode.Usage),
            _ => Fail(
                DiagnosticCode.NoJobRuns,
                $"no job is running in '{folder}': it ended with {how}", "", ExitCode.Usage),
        };
    }

    /// <returns>Null: there is no result.</returns>
    private static string? EndOf(string folder)
    {
        try
        {
            using JsonDocument result = JsonDocument.Parse(
                File.ReadAllBytes(Path.Combine(folder, "result.json")));
            JsonElement root = result.RootElement;
            return $"{root.GetProperty("status").GetString()}: {root.GetProperty("reason").GetString()}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException
            or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static int Fail(DiagnosticCode code, string message, string help, int exitCode)
    {
        DiagnosticBag bag = new();
        bag.Error(code, message, help);
        Console.Error.Write(bag.Print());
        return exitCode;
    }
}
