using System.Text;

namespace Dilaton.Cli;

/// <summary>What a run that did not simply go well says on standard error, quiet or not.</summary>
internal static class RunReport
{
    private const int StateLinesMax = 40;

    public static string Messages(RunRecord run, Verdict verdict)
    {
        StringBuilder text = new();
        if (verdict.Code is { } code)
        {
            DiagnosticBag bag = new();
            bag.Error(code, verdict.Reason, Help(code));
            text.Append(bag.Print());
        }

        if (run.HasFailed)
        {
            foreach (string line in run.Trouble.Skip(1))
            {
                text.Append(line).Append('\n');
            }
        }

        foreach (string line in run.PeerTrouble)
        {
            text.Append("  ").Append(line).Append('\n');
        }

        if (run.End?.Guest is { Signal: not 0 } guest)
        {
            text.Append("dilaton: ").Append(verdict.Reason).Append('\n')
                .Append(guest.Message.TrimEnd('\n')).Append('\n');
        }
        else if (run.End?.Guest is { Message.Length: > 0 } told)
        {
            text.Append("dilaton: ").Append(told.Message.TrimEnd('\n')).Append('\n');
        }

        if (verdict.Code is DiagnosticCode.Deadlock or DiagnosticCode.WorkerDied)
        {
            foreach (string line in run.State.Take(StateLinesMax))
            {
                text.Append("  ").Append(line).Append('\n');
            }
        }

        foreach (string warning in ResultBuilder.Warnings(run))
        {
            text.Append("dilaton: warning: ").Append(warning).Append('\n');
        }

        return text.ToString();
    }

    private static string Help(DiagnosticCode code) => code switch
    {
        DiagnosticCode.InternalError =>
            "this is a defect of Dilaton; please report it with the lines below",
        DiagnosticCode.PeerFault =>
            "results are as of the last completed interval; the peer's output is in the result "
                + "folder, under peers",
        DiagnosticCode.WorkerDied =>
            "what it had streamed is in the result folder; the last guest state follows",
        _ => "",
    };
}
