namespace Dilaton.Cli;

/// <summary>A row of timeline.csv; times in picoseconds.</summary>
internal sealed record TimelineRow(
    string Node, double Begin, double End, double Executed, double Stall, double Kernel, double Waiting,
    double Instructions, double Requests, double Sent, double Received)
{
    public IReadOnlyList<double> Parts => [Executed, Stall, Kernel, Waiting];

    /// <summary>The same of two pieces of a node's time, of which the other follows.</summary>
    public TimelineRow With(TimelineRow next) => new(
        Node, Begin, next.End, Executed + next.Executed, Stall + next.Stall, Kernel + next.Kernel,
        Waiting + next.Waiting, Instructions + next.Instructions, Requests + next.Requests,
        Sent + next.Sent, Received + next.Received);
}
