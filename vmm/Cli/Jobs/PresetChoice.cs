namespace Dilaton.Cli;

/// <summary>A named set of defaults for caches and memory.</summary>
internal enum PresetChoice
{
    Server,
    Small,
    Law9,
}
