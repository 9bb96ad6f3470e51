namespace Dilaton.Native;

/// <summary>What the host lets translated code do with guest memory. Never execute: guest code
/// runs from the code cache only, so that a stray jump faults instead of escaping.</summary>
public enum HostProtection
{
    None,
    Read,
    ReadWrite,
}
