namespace Dilaton.Cli;

internal sealed class SampleWarmingConverter() : ChoiceConverter<SampleWarming>(JobChoices.Warming);
