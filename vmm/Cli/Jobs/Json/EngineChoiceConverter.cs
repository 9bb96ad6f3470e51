namespace Dilaton.Cli;

internal sealed class EngineChoiceConverter() : ChoiceConverter<EngineChoice>(JobChoices.Engine);
