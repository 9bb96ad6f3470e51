namespace Dilaton.Cli;

/// <summary>How a core predicts conditional branches.</summary>
internal enum BranchPredictorChoice
{
    None,
    Bimodal,
    Gshare,
    Tage,
}
