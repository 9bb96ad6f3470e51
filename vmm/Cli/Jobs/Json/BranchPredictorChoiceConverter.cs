namespace Dilaton.Cli;

internal sealed class BranchPredictorChoiceConverter()
    : ChoiceConverter<BranchPredictorChoice>(JobChoices.BranchPredictor);
