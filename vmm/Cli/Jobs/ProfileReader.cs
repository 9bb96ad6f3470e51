using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads `nodes[].profile`, and checks what it needs of the job.</summary>
internal static class ProfileReader
{
    public static ProfileJob Read(MapReader map)
    {
        ProfileJob profile = new()
        {
            By = map.Word("by", ProfileChoice.None, JobChoices.Profile),
            Timeline = map.Flag("timeline", false),
            Symbols = map.OptionalText("symbols"),
        };
        if (profile.By == ProfileChoice.None && profile.Symbols is not null)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "symbols", "there is no profile that could use them",
                "give profile.by: code, or leave symbols out");
        }

        map.Done();
        return profile;
    }

    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            if (job.Nodes[i].Profile is not { By: ProfileChoice.None, Timeline: false }
                && Refusal(job, job.Nodes[i]) is { } refusal)
            {
                bag.Error(
                    refusal.Code, NodeAt(root, i), $"nodes[{i}].profile: {refusal.What}", refusal.Help);
            }
        }
    }

    private static (DiagnosticCode Code, string What, string Help)? Refusal(Job job, NodeJob node) => node switch
    {
        { Guest.System: not null } => (
            DiagnosticCode.EngineTrait,
            "a system guest's time is not told by place, nor drawn",
            "leave it out"),
        { Profile.By: ProfileChoice.None } => null,
        { Engine: EngineChoice.Kvm } => (
            DiagnosticCode.EngineTrait,
            $"it needs an engine that has {EngineTraits.SeesEveryAccess}, and kvm has not",
            "engine: translator has it"),
        { Memory.Peer: { } peer } => (
            DiagnosticCode.ProfilePeer,
            $"the peer '{peer}' tells its stall as one sum, and not whose it was",
            "leave memory.peer out, or profile"),
        _ when !job.Events.Level.HasRecords() => (
            DiagnosticCode.ProfileLevel,
            $"events.level: {JobChoices.Level.WordOf(job.Events.Level)} does not say where the guest is",
            "give events.level: filtered or full"),
        _ => null,
    };

    private static JobNode NodeAt(JobNode root, int index) =>
        (root as JobMap)?.Find("nodes")?.Value is JobList nodes && index < nodes.Items.Count
            ? (nodes.Items[index] as JobMap)?.Find("profile")?.Value ?? nodes.Items[index]
            : root;
}
