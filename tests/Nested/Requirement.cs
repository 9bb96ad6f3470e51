namespace Dilaton.Tests.Nested;

/// <summary>What the bed needs of the host. Where ./test could have installed it, to lack it is no
/// excuse: the tests then run, and fail.</summary>
internal static class Requirement
{
    private static readonly string[] s_programs =
    [
        "/usr/bin/qemu-system-x86_64", "/usr/bin/cpio", "/bin/busybox", "/usr/bin/timeout", "/usr/sbin/mke2fs",
    ];

    /// <summary>The kernel packages whose names ./test knows.</summary>
    private static bool IsDebian =>
        File.Exists("/etc/os-release") && File.ReadLines("/etc/os-release").Contains("ID=debian");

    /// <summary>Null, or why the tests are skipped.</summary>
    public static string? SkipReason
    {
        get
        {
            string missing = Missing();
            bool couldInstall = Environment.IsPrivilegedProcess && IsDebian;
            bool isGate = Environment.GetEnvironmentVariable("CI") is { Length: > 0 };
            return missing.Length == 0 || couldInstall || isGate ? null : $"needs {missing}";
        }
    }

    /// <returns>What is missing, or nothing.</returns>
    public static string Missing()
    {
        List<string> missing = [.. s_programs.Where(file => !File.Exists(file))];
        if (KernelImage() is null)
        {
            missing.Add("a kernel package in artifacts/nested/kernel (./test fetches it)");
        }

        return string.Join(", ", missing);
    }

    /// <summary>The kernel, whatever its version; null if there is none.</summary>
    public static string? KernelImage()
    {
        string folder = Path.Combine(Paths.Kernel, "boot");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "vmlinuz-*").Order(StringComparer.Ordinal).LastOrDefault()
            : null;
    }
}
