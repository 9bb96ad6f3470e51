namespace Dilaton.Cli;

/// <summary>How the memory behind the caches is modelled; beside flat, which figures its banks start
/// from.</summary>
internal enum DramKind
{
    Flat,
    Banks,
    Ddr4Of2400,
    Ddr4Of3200,
    Ddr5Of4800,
    Hbm2,
}
