namespace Dilaton.Cli;

internal sealed class CoreModelKindConverter() : ChoiceConverter<CoreModelKind>(JobChoices.CoreModel);
