namespace Dilaton.Models.Memory;

/// <summary>Where a line lies.</summary>
/// <param name="Group">Bank group within its rank.</param>
/// <param name="Bank">Bank within its group.</param>
public readonly record struct DramAddress(int Channel, int Rank, int Group, int Bank, ulong Row);
