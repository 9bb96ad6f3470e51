namespace Dilaton.Cli;

internal sealed class PrefetcherChoiceConverter() : ChoiceConverter<PrefetcherChoice>(JobChoices.Prefetcher);
