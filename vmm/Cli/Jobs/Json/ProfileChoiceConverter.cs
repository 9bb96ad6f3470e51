namespace Dilaton.Cli;

internal sealed class ProfileChoiceConverter() : ChoiceConverter<ProfileChoice>(JobChoices.Profile);
