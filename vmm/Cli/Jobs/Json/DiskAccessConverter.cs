namespace Dilaton.Cli;

internal sealed class DiskAccessConverter() : ChoiceConverter<DiskAccess>(JobChoices.DiskAccess);
