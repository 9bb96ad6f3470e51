namespace Dilaton.Cli;

internal sealed class TraceChoiceConverter() : ChoiceConverter<TraceChoice>(JobChoices.Trace);
