namespace Dilaton.Cli;

/// <summary>Whether system calls cost virtual time.</summary>
internal enum KernelMode
{
    Costs,
    Ideal,
}
