using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>Mistakes of an overlay, at their place in the job.</summary>
internal static class OverlayChecks
{
    /// <summary>Of more nodes nobody asks who reaches whom: it takes the square of them.</summary>
    public const int PartsNodesMax = 256;

    public static void Run(JobMap root, Job job, DiagnosticBag bag)
    {
        if (job.Network!.Overlay is null)
        {
            return;
        }

        if (job.HasPhysicalTime())
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                NetworkChecks.Find(root, "network.rates"),
                "network.rates: with a TDF that changes a physical network has a clock of its own, and an "
                    + "overlay's commands and ageing are in the guests' time",
                "give time.tdf one value, or network.rates: virtual");
            return;
        }

        // What is in range can be dilated, and may then be out of it.
        IReadOnlyList<OverlayMistake> mistakes = new OverlayPlan(job, job.Network).Mistakes;
        if (mistakes.Count == 0)
        {
            mistakes = new OverlayPlan(job, Dilation.Network(job)!).Mistakes;
        }

        if (mistakes.Count == 0)
        {
            WarnOfParts(root, job, bag);
        }

        foreach (OverlayMistake mistake in mistakes)
        {
            JobNode at = NetworkChecks.Find(root, mistake.Key);
            string help = mistake.Help.Length > 0
                ? mistake.Help
                : NetworkChecks.HelpFor(mistake.Key, job);
            if (mistake.Word is { } word)
            {
                AddInText(at, word, $"{mistake.Key}: {mistake.Why}", help, bag);
            }
            else
            {
                bag.Error(
                    DiagnosticCode.Inconsistent, at, $"{mistake.Key}: {mistake.Why}", help);
            }
        }
    }

    /// <summary>Nodes that reach nobody are rarely meant, and hang or fail much later.</summary>
    private static void WarnOfParts(JobMap root, Job job, DiagnosticBag bag)
    {
        OverlayPlan plan = new(job, job.Network!);
        if (plan.Nodes.Count > PartsNodesMax)
        {
            return;
        }

        OverlayTrace trace = new(plan.Options, plan.Nodes.Count, VirtualTime.Zero);
        if (NetworkReport.Parts(plan.Nodes, trace) is { } parts)
        {
            JobNode at = NetworkChecks.Find(root, "network.overlay");
            bag.Add(new Diagnostic(
                DiagnosticCode.CutOff, false,
                $"network.overlay: at the start no frame goes between: {parts}",
                at.Source, at.Mark, at.Length,
                "`dilaton network check` shows tables, and the way of a frame; learning: true needs "
                    + "no routes"));
        }
    }

    /// <summary>A literal block is as written, so that a word of it has a place in the file; of
    /// other texts only the line within is known.</summary>
    private static void AddInText(
        JobNode at, ScriptWord word, string message, string help, DiagnosticBag bag)
    {
        string first = at.Source.Line(at.Mark.Line);
        bool isBlock = at.Mark.Column <= first.Length && first[at.Mark.Column - 1] == '|';
        string line = at.Source.Line(at.Mark.Line + word.Line);
        int indent = Indent(at);
        if (isBlock && line.Length >= indent + word.Column - 1 + word.Text.Length)
        {
            bag.Add(new Diagnostic(
                DiagnosticCode.OverlayCommand, true, message, at.Source,
                new SourceMark(at.Mark.Line + word.Line, indent + word.Column),
                word.Text.Length, help));
            return;
        }

        bag.Error(
            DiagnosticCode.OverlayCommand, at,
            $"{message} (line {word.Line}, column {word.Column} of the text)", help);
    }

    /// <summary>Of the first line of a block that is not empty.</summary>
    private static int Indent(JobNode at)
    {
        int number = at.Mark.Line + 1;
        while (at.Source.Line(number).Trim().Length == 0 && number <= at.Mark.Line + 1000)
        {
            number++;
        }

        string line = at.Source.Line(number);
        return line.Length - line.TrimStart(' ').Length;
    }
}
