namespace Dilaton.Cli;

internal sealed class SyncModeConverter() : ChoiceConverter<SyncMode>(JobChoices.Sync);
