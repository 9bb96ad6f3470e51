namespace Dilaton.Cli;

internal sealed class CutPlaceConverter() : ChoiceConverter<CutPlace>(JobChoices.Cut);
