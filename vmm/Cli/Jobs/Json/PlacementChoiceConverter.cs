namespace Dilaton.Cli;

internal sealed class PlacementChoiceConverter() : ChoiceConverter<PlacementChoice>(JobChoices.Placement);
