namespace Dilaton.Cli;

internal sealed class WindowKindConverter() : ChoiceConverter<WindowKind>(JobChoices.WindowKind);
