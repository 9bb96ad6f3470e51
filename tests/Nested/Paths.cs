namespace Dilaton.Tests.Nested;

internal static class Paths
{
    private static readonly Lazy<string> s_root = new(FindRoot);

    public static string Root => s_root.Value;

    public static string Dilaton => Path.Combine(Root, "dilaton");

    /// <summary>What ./dilaton builds and starts.</summary>
    public static string Program => Path.Combine(Root, "artifacts", "dilaton", "bin", "Dilaton.Cli");

    public static string Guests => Path.Combine(Root, "artifacts", "guests", "static");

    /// <summary>Where the bed's kernel, initramfs and logs are.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts", "nested");

    /// <summary>The distribution's kernel package, unpacked there by ./test.</summary>
    public static string Kernel => Path.Combine(Artifacts, "kernel");

    public static string Bed => Path.Combine(Root, "tests", "Nested", "bed");

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dilaton.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Dilaton.slnx is in no parent folder");
    }
}
