namespace Dilaton.Cli;

internal sealed class SyncTransportConverter()
    : ChoiceConverter<SyncTransport>(JobChoices.Transport);
