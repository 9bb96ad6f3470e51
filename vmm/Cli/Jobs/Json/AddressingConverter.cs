namespace Dilaton.Cli;

internal sealed class AddressingConverter() : ChoiceConverter<Addressing>(JobChoices.Addressing);
