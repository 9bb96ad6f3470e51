namespace Dilaton.Guest;

/// <summary>What files take from the node: their first time stamp, owner and chance.</summary>
/// <param name="EpochSeconds">Unix time at power-on; the time stamp of files that the guest has
/// not touched.</param>
/// <param name="Seed">For <c>/dev/urandom</c> and other random names.</param>
/// <param name="UserId">The guest's user; every file belongs to it.</param>
internal sealed record FileOrigin(long EpochSeconds, ulong Seed, uint UserId, uint GroupId);
