namespace Dilaton.Cli;

internal sealed class NetworkKindConverter() : ChoiceConverter<NetworkKind>(JobChoices.Network);
