namespace Dilaton.Cli;

internal sealed class RingChoiceConverter() : ChoiceConverter<RingChoice>(JobChoices.Ring);
