namespace Dilaton.Cli;

internal sealed class RatesChoiceConverter() : ChoiceConverter<RatesChoice>(JobChoices.Rates);
