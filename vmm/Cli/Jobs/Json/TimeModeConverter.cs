namespace Dilaton.Cli;

internal sealed class TimeModeConverter() : ChoiceConverter<TimeMode>(JobChoices.TimeMode);
