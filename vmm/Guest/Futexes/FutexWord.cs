namespace Dilaton.Guest;

/// <summary>The word of a futex that tells its owner (futex(2), "Priority-inheritance futexes", and
/// "The robust futex ABI").</summary>
internal static class FutexWord
{
    public const uint OwnerMask = 0x3fff_ffff;
    public const uint OwnerDied = 0x4000_0000;
    public const uint HasWaiters = 0x8000_0000;
}
