namespace Dilaton.Cli;

internal sealed class PeerKindConverter() : ChoiceConverter<PeerKind>(JobChoices.Peer);
