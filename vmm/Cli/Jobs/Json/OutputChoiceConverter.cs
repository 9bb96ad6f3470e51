namespace Dilaton.Cli;

internal sealed class OutputChoiceConverter() : ChoiceConverter<OutputChoice>(JobChoices.Output);
