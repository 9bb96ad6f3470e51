namespace Dilaton.Cli;

internal sealed class InclusionChoiceConverter() : ChoiceConverter<InclusionChoice>(JobChoices.Inclusion);
