namespace Dilaton.Core;

/// <summary>How long a disk takes, in virtual time.</summary>
public interface IDiskTiming
{
    /// <param name="now">Not before that of the call before.</param>
    /// <param name="bytes">That are read or written; 0 for a flush.</param>
    /// <returns>When it is done: now or later.</returns>
    VirtualTime Complete(VirtualTime now, DiskAction action, ulong bytes);
}
