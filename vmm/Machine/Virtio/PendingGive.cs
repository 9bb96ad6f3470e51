namespace Dilaton.Machine;

/// <summary>A request that is done at a time to come.</summary>
/// <param name="Generation">Of the queue, when it was taken.</param>
internal readonly record struct PendingGive(
    VirtioTransport Transport, int Queue, uint Generation, ushort Head, uint Written);
