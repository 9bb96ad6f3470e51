namespace Dilaton.Cli;

internal sealed class WritebackChoiceConverter() : ChoiceConverter<WritebackChoice>(JobChoices.Writebacks);
