namespace Dilaton.Kvm;

/// <summary>How a system guest's run ended.</summary>
/// <param name="IsStopped">From outside; the rest then says nothing.</param>
/// <param name="Code">The guest's exit code; 0 is success.</param>
/// <param name="Why">In words.</param>
public sealed record SystemEnd(bool IsStopped, int Code, string Why)
{
    public static SystemEnd Stopped { get; } = new(true, 0, "stopped from outside");
}
