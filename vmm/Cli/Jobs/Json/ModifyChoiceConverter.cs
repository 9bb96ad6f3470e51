namespace Dilaton.Cli;

internal sealed class ModifyChoiceConverter() : ChoiceConverter<ModifyChoice>(JobChoices.Modifies);
