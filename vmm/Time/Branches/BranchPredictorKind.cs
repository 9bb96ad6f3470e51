namespace Dilaton.Time;

/// <summary>How conditional branches are predicted.</summary>
public enum BranchPredictorKind
{
    /// <summary>A counter per branch.</summary>
    Bimodal,

    /// <summary>A counter per branch and way that led there.</summary>
    Gshare,

    /// <summary>Counters for ways of several lengths, with tags.</summary>
    Tage,
}
