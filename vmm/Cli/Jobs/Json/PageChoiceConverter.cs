namespace Dilaton.Cli;

internal sealed class PageChoiceConverter() : ChoiceConverter<PageChoice>(JobChoices.Page);
