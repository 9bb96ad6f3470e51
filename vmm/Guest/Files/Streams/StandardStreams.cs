namespace Dilaton.Guest;

/// <summary>What the guest's first three descriptors are connected to.</summary>
public sealed record StandardStreams(
    IGuestInput Input, IGuestOutput Output, IGuestOutput Error);
