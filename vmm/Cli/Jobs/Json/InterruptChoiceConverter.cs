namespace Dilaton.Cli;

internal sealed class InterruptChoiceConverter() : ChoiceConverter<InterruptChoice>(JobChoices.Interrupts);
