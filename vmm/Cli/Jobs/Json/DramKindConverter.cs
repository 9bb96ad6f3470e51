namespace Dilaton.Cli;

internal sealed class DramKindConverter() : ChoiceConverter<DramKind>(JobChoices.DramKind);
