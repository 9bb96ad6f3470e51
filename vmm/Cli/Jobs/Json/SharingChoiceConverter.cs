namespace Dilaton.Cli;

internal sealed class SharingChoiceConverter() : ChoiceConverter<SharingChoice>(JobChoices.Sharing);
