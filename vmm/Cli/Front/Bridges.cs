namespace Dilaton.Cli;

/// <summary>Where the parts lie that run inside SST and gem5.</summary>
internal static class Bridges
{
    private static readonly Lazy<PartsHome> s_home = new(() => PartsHome.Find(
        Environment.GetEnvironmentVariable("DILATON_HOME"),
        AppContext.BaseDirectory,
        PartsHome.UserCache()));

    /// <summary>Our element library in SST.</summary>
    public const string SstElementLibrary = "dilaton";

    /// <summary>What the scripts of <see cref="BuildScript"/> build to.</summary>
    public static string BuildFolder => s_home.Value.Builds;

    /// <summary>Folder of libdilaton.so.</summary>
    public static string SstFolder => Path.Combine(BuildFolder, "sst-bridge");

    public static string SstLibrary => Path.Combine(SstFolder, $"lib{SstElementLibrary}.so");

    /// <summary>What our configurations import: unpacked if need be.</summary>
    /// <exception cref="PartsException">There is no place to unpack to.</exception>
    public static string SstConfigs => Path.Combine(Sources, "sst-bridge", "configs");

    /// <inheritdoc cref="SstConfigs"/>
    public static string Gem5Configs => Path.Combine(Sources, "gem5-bridge", "configs");

    /// <summary>The handler that an unmodified gem5 loads.</summary>
    public static string Gem5Library =>
        Path.Combine(BuildFolder, "gem5-bridge", "libvmm_bridge.so");

    private static string Sources => s_home.Value.Sources;

    /// <summary>What builds the part for this kind of peer, quickly if nothing has changed; null
    /// if it has none.</summary>
    /// <exception cref="PartsException">There is no place to unpack to.</exception>
    public static string? BuildScript(PeerKind kind) => kind switch
    {
        PeerKind.Sst => Path.Combine(Sources, "sst-bridge", "build"),
        PeerKind.Gem5 => Path.Combine(Sources, "gem5-bridge", "build"),
        _ => null,
    };
}
