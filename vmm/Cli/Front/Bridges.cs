namespace Dilaton.Cli;

/// <summary>Where the parts lie that run inside SST and gem5: below DILATON_HOME, which the
/// start script sets to the folder of the sources.</summary>
internal static class Bridges
{
    private static string Home { get; } =
        Environment.GetEnvironmentVariable("DILATON_HOME") is { Length: > 0 } home
            ? home
            : Directory.GetCurrentDirectory();

    /// <summary>Our element library in SST.</summary>
    public const string SstElementLibrary = "dilaton";

    /// <summary>Folder of libdilaton.so.</summary>
    public static string SstFolder { get; } = Path.Combine(Home, "artifacts", "sst-bridge");

    public static string SstLibrary { get; } =
        Path.Combine(SstFolder, $"lib{SstElementLibrary}.so");

    public static string SstConfigs { get; } = Path.Combine(Home, "sst-bridge", "configs");

    public static string Gem5Configs { get; } = Path.Combine(Home, "gem5-bridge", "configs");

    /// <summary>The handler that an unmodified gem5 loads.</summary>
    public static string Gem5Library { get; } =
        Path.Combine(Home, "artifacts", "gem5-bridge", "libvmm_bridge.so");

    /// <summary>What builds the part for this kind of peer, quickly if nothing has changed; null
    /// if it has none.</summary>
    public static string? BuildScript(PeerKind kind) => kind switch
    {
        PeerKind.Sst => Path.Combine(Home, "sst-bridge", "build"),
        PeerKind.Gem5 => Path.Combine(Home, "gem5-bridge", "build"),
        _ => null,
    };
}
