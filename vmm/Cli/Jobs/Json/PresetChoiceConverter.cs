namespace Dilaton.Cli;

internal sealed class PresetChoiceConverter() : ChoiceConverter<PresetChoice>(JobChoices.Preset);
