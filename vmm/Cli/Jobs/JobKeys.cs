namespace Dilaton.Cli;

/// <summary>Keys that more than one place must know.</summary>
internal static class JobKeys
{
    /// <summary>Sections of a job that the design reserves and this version refuses by name.
    /// </summary>
    public static IReadOnlyList<string> FutureSections { get; } =
    [
        "faults", "checks", "record", "devices", "sst", "gem5",
        "storage",
    ];

    /// <summary>Sections of a job.</summary>
    public static IReadOnlyList<string> JobSections { get; } =
        ["apiVersion", "name", "seed", "nodes", "network", "time", "kernel", "sync", "events", "peers", "hosts",
        "outputs", "sweep"];

    /// <summary>Keys of a node that an override may name without `nodes[0].`, for every node.</summary>
    public static IReadOnlyList<string> NodeShorthands { get; } =
        ["engine", "isolation", "tdf", "cores", "memory", "nic", "profile", "guest", "count"];

    /// <summary>What a machine file may hold.</summary>
    public static IReadOnlyList<string> MachineSections { get; } =
        ["cores", "memory", "kernel", "time"];
}
