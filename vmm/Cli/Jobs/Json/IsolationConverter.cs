namespace Dilaton.Cli;

internal sealed class IsolationConverter() : ChoiceConverter<Isolation>(JobChoices.Isolation);
