namespace Dilaton.Cli;

internal sealed class KernelModeConverter() : ChoiceConverter<KernelMode>(JobChoices.Kernel);
