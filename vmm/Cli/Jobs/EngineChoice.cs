namespace Dilaton.Cli;

/// <summary>Which engine runs a node's guest code.</summary>
internal enum EngineChoice
{
    Auto,
    Translator,
    Kvm,
}
