namespace Dilaton.Cli;

internal sealed class GrantAccessConverter() : ChoiceConverter<GrantAccess>(JobChoices.Access);
