using System.Globalization;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>With what this host's kernel lets workers shut themselves in.</summary>
internal static class ConfinementChecks
{
    public static IReadOnlyList<Finding> All() => Describe(Confinement.HasSeccomp(), Confinement.LandlockAbi());

    /// <param name="landlock">Version; 0: none that will do.</param>
    public static IReadOnlyList<Finding> Describe(bool hasSeccomp, int landlock) =>
    [
        new Finding(
            "seccomp",
            hasSeccomp ? FindingLevel.Ok : FindingLevel.Warn,
            hasSeccomp ? "workers make the system calls that they need and no others" : "missing",
            hasSeccomp
                ? ""
                : "a guest that takes over its worker can do what you can: run guests that you trust"),
        new Finding(
            "Landlock",
            landlock > 0 ? FindingLevel.Ok : FindingLevel.Warn,
            landlock > 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"version {landlock}: workers open the files that are granted and no others")
                : "missing",
            landlock > 0
                ? ""
                : "a guest that takes over its worker can open your files: "
                    + "needs Linux 5.19 or later with lsm=landlock"),
    ];
}
