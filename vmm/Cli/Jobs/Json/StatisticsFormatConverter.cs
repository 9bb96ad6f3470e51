namespace Dilaton.Cli;

internal sealed class StatisticsFormatConverter() : ChoiceConverter<StatisticsFormat>(JobChoices.Statistics);
