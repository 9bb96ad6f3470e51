namespace Dilaton.Models.Network;

/// <summary>What a link joins; each kind has its options.</summary>
internal enum LinkKind
{
    Host,
    Fabric,
    Global,
}
