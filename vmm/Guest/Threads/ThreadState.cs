namespace Dilaton.Guest;

/// <summary>
/// <code>
///            Dispatch            block
///   Ready ------------> Running ------> Blocked
///     ^                    |  \ exit       |
///     +---- yield, turn ---+   -> Dead     |
///     +-------------- woken ---------------+
/// </code>
/// A thread that would be ready or go on while its process is stopped is Stopped instead, and Ready when that
/// is continued. One that waits goes on waiting.</summary>
internal enum ThreadState
{
    Ready,
    Running,
    Blocked,
    Stopped,
    Dead,
}
