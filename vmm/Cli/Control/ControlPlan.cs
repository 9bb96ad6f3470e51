using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>Finds when a change of the time dilation factor takes effect: at the first end of a weave
/// interval that none of its nodes, which stand, has passed.</summary>
/// <param name="job">As it is now.</param>
/// <param name="told">For each node when the last change that it was told takes effect: no later one
/// comes before it.</param>
internal sealed class ControlPlan(
    RunRecord run, Job job, StandKeeper stands, IReadOnlyList<VirtualTime> told)
{
    /// <returns>Null if it can't be, which was reported.</returns>
    public ControlChange? Make(ControlRequest request, DiagnosticBag bag)
    {
        List<int> nodes = Named(request.Node, bag);
        VirtualTime at = VirtualTime.Zero + job.Time.Weave;
        foreach (int node in nodes)
        {
            at = VirtualTime.Max(at, stands.Of(node)!.Value.Earliest); // Named has asked.
            at = VirtualTime.Max(at, told[node]);
        }

        while (nodes.Exists(node => ControlledTdf.HasStepAt(job, job.Nodes[node], at)))
        {
            at += job.Time.Weave;
        }

        int[] changed =
        [
            .. nodes.Where(
                node => ControlledTdf.InForce(job, job.Nodes[node], at) != request.Factor),
        ];
        if (nodes.Count > 0 && changed.Length == 0)
        {
            bag.Error(
                DiagnosticCode.ControlRefused,
                $"the TDF is {RatioText.Format(request.Factor)} already, at {at}");
        }

        return bag.HasErrors ? null : new ControlChange(
            request.Factor,
            at,
            [.. changed.Select(node => (run.Nodes[node].Node.Name, stands.Of(node)!.Value.Known))]);
    }

    private List<int> Named(string? name, DiagnosticBag bag)
    {
        List<int> nodes = [];
        for (int i = 0; i < run.Nodes.Count; i++)
        {
            if ((name is null || name == run.Nodes[i].Node.Name) && stands.Of(i) is not null)
            {
                nodes.Add(i);
            }
        }

        if (nodes.Count == 0)
        {
            string[] names = [.. run.Nodes.Select(node => node.Node.Name)];
            bool isThere = name is null || names.Contains(name);
            bag.Error(
                DiagnosticCode.ControlRefused,
                isThere
                    ? $"{name ?? "every node"} has ended"
                    : $"the job has no node '{name}'",
                isThere ? "" : Spelling.Help(name!, names));
        }

        return nodes;
    }
}
