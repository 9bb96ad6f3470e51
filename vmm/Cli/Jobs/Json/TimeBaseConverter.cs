namespace Dilaton.Cli;

internal sealed class TimeBaseConverter() : ChoiceConverter<TimeBase>(JobChoices.TimeBase);
