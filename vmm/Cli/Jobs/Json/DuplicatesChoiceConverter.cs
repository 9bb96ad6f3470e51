namespace Dilaton.Cli;

internal sealed class DuplicatesChoiceConverter()
    : ChoiceConverter<DuplicatesChoice>(JobChoices.Duplicates);
