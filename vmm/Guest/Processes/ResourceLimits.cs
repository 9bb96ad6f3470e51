using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>getrlimit and setrlimit. Those of open files, of the size of files, of address space and
/// of pending signals bind, as the memory limit of the job does; the others are recorded.</summary>
internal sealed class ResourceLimits
{
    public const int Count = 16;
    public const ulong Infinity = ulong.MaxValue;

    private const int Stack = 3;
    private const int Core = 4;
    private const int Processes = 6;
    private const int OpenFiles = 7;
    private const int LockedMemory = 8;
    private const int PendingSignals = 11;
    private const int MessageQueueBytes = 12;
    private const int Nice = 13;
    private const int RealtimePriority = 14;

    private readonly (ulong Soft, ulong Hard)[] _limits = new (ulong, ulong)[Count];

    public ResourceLimits()
    {
        Array.Fill(_limits, (Infinity, Infinity));
        _limits[Stack] = (GuestLayout.StackSizeBytes, Infinity);
        _limits[Core] = (0, Infinity);
        _limits[Processes] = (GuestProcess.ThreadsMax, GuestProcess.ThreadsMax);
        _limits[OpenFiles] = (1024, 4096);
        _limits[LockedMemory] = (8UL << 20, 8UL << 20);
        _limits[PendingSignals] = (GuestProcess.ThreadsMax, GuestProcess.ThreadsMax);
        _limits[MessageQueueBytes] = (819_200, 819_200);
        _limits[Nice] = (0, 0);
        _limits[RealtimePriority] = (0, 0);
    }

    /// <summary>The same limits for a child.</summary>
    public ResourceLimits Fork()
    {
        ResourceLimits copy = new();
        _limits.CopyTo(copy._limits, 0);
        return copy;
    }

    public (ulong Soft, ulong Hard) Get(int resource) => _limits[resource];

    /// <returns>0 or an <see cref="Errno"/>.</returns>
    public int Set(int resource, ulong soft, ulong hard)
    {
        if (soft > hard)
        {
            return Errno.EINVAL;
        }

        if (hard > _limits[resource].Hard)
        {
            return Errno.EPERM;
        }

        _limits[resource] = (soft, hard);
        return 0;
    }
}
