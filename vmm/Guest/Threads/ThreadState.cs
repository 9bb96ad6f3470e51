namespace Dilaton.Guest;

/// <summary>
/// <code>
///            Dispatch            block
///   Ready ------------> Running ------> Blocked
///     ^                    |  \ exit       |
///     +---- yield, turn ---+   -> Dead     |
///     +-------------- woken ---------------+
/// </code>
/// </summary>
internal enum ThreadState
{
    Ready,
    Running,
    Blocked,
    Dead,
}
