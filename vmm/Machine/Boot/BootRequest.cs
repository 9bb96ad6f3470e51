namespace Dilaton.Machine;

/// <summary>What a system guest is booted from.</summary>
public sealed record BootRequest
{
    public required ReadOnlyMemory<byte> Kernel { get; init; }

    /// <summary>Empty: none.</summary>
    public ReadOnlyMemory<byte> Initrd { get; init; }

    public string CommandLine { get; init; } = "";

    public required int VcpuCount { get; init; }

    /// <summary>Devices of its <see cref="VirtioBus"/>.</summary>
    public int VirtioCount { get; init; }
}
