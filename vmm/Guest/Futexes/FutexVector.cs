using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Several futexes of which a thread waits for any (futex_waitv).</summary>
internal sealed record FutexVector(FutexWaiter[] Waiters, VirtualTime? Deadline);
