namespace Dilaton.Cli;

/// <summary>Formats of a trace of requests to the memory.</summary>
internal enum TraceChoice
{
    None,
    Dilaton,
    Prospero,
    ProsperoBinary,
    Gem5,
}
