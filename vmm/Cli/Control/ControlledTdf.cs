using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A job whose time dilation factor an operator changes while it runs: as if its schedule had
/// had the step.</summary>
internal static class ControlledTdf
{
    /// <param name="at">An end of a weave interval.</param>
    /// <param name="nodes">Names of those whose factor changes.</param>
    /// <returns>The job with the steps, or null: it can't be, and it was reported why, in the words of
    /// a schedule.</returns>
    public static Job? Apply(
        Job job, Ratio factor, VirtualTime at, IReadOnlyCollection<string> nodes, DiagnosticBag bag)
    {
        Job changed = job with
        {
            Nodes =
            [
                .. job.Nodes.Select(node => nodes.Contains(node.Name)
                    ? node with { Tdf = With(job, node, factor, at) }
                    : node),
            ],
        };
        SourceText source = new("set-tdf", RatioText.Format(factor));
        JobScalar place = new(source, SourceMark.Start, source.Text.Length, source.Text, false);
        DilationReader.CheckUse(place, changed, bag);
        if (!bag.HasErrors && job.IsNetworkPhysical())
        {
            bag.Error(
                DiagnosticCode.NotBuiltYet,
                "network.rates is physical, and such a network's factor changes by a schedule only",
                "give time.tdf the steps: [{from: 0s, factor: 1}, {from: 2ms, factor: 5/2}]");
        }

        return bag.HasErrors ? null : changed;
    }

    /// <summary>After changes that were found good.</summary>
    public static Job Apply(Job job, IReadOnlyList<ControlChange> changes)
    {
        foreach (ControlChange change in changes)
        {
            job = Apply(
                job,
                change.Factor,
                change.At,
                [.. change.Nodes.Select(each => each.Node)],
                new DiagnosticBag())!;
        }

        return job;
    }

    /// <summary>The factor that a node has at a time.</summary>
    public static Ratio InForce(Job job, NodeJob node, VirtualTime at) => Dilation.TdfOf(job, node)
        .Steps.Last(step => EffectOf(job, step) <= at).Factor;

    /// <summary>Some step of its schedule takes effect just then.</summary>
    public static bool HasStepAt(Job job, NodeJob node, VirtualTime at) =>
        Dilation.TdfOf(job, node).Steps.Any(step => EffectOf(job, step) == at);

    private static TdfSchedule With(Job job, NodeJob node, Ratio factor, VirtualTime at)
    {
        IReadOnlyList<TdfStep> steps = Dilation.TdfOf(job, node).Steps;
        return new TdfSchedule(
        [
            .. steps.Where(step => EffectOf(job, step) <= at),
            new TdfStep(at - VirtualTime.Zero, factor),
            .. steps.Where(step => EffectOf(job, step) > at),
        ]);
    }

    private static VirtualTime EffectOf(Job job, TdfStep step) =>
        DilationSchedules.EffectOf(step, job.Time.Weave.Picoseconds);
}
