using System.Globalization;
using System.Text;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>timeline.csv: what each node did when, in virtual time. Nothing in it depends on the host.
/// </summary>
internal static class TimelineWriter
{
    public const string Header = "node,beginPs,endPs,executedPs,stallPs,kernelPs,waitingPs,"
        + "instructions,memoryRequests,framesSent,framesReceived\n";

    /// <summary>One more, where such pages are counted.</summary>
    public const string PagesHeader = "node,beginPs,endPs,executedPs,stallPs,kernelPs,waitingPs,"
        + "instructions,memoryRequests,framesSent,framesReceived,pagesWritten\n";

    public static string Csv(RunRecord run)
    {
        bool hasPages = run.Job.Events.WrittenPages is not null;
        StringBuilder text = new(hasPages ? PagesHeader : Header);
        foreach (NodeRecord node in run.Nodes)
        {
            foreach (TimelineSample s in node.Timeline)
            {
                text.Append(CultureInfo.InvariantCulture,
                        $"{node.Node.Name},{s.BeginPs},{s.EndPs},{s.ExecutedPs},{s.StallPs},")
                    .Append(CultureInfo.InvariantCulture,
                        $"{s.KernelPs},{s.WaitingPs},{s.Instructions},{s.MemoryRequests},")
                    .Append(CultureInfo.InvariantCulture, $"{s.FramesSent},{s.FramesReceived}")
                    .Append(hasPages ? string.Create(CultureInfo.InvariantCulture, $",{s.PagesWritten}\n") : "\n");
            }
        }

        return text.ToString();
    }
}
