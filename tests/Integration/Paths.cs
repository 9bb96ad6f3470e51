namespace Dilaton.Tests.Integration;

internal static class Paths
{
    private static readonly Lazy<string> s_root = new(FindRoot);
    private static readonly Lazy<string> s_guests = new(BuildGuests);

    public static string Root => s_root.Value;

    public static string Dilaton => Path.Combine(Root, "dilaton");

    /// <summary>A guest program; all are built on first use.</summary>
    /// <param name="kind">static, static-pie, dynamic, musl, musl-dynamic or freestanding.</param>
    public static string Guest(string name, string kind = "static") =>
        Path.Combine(s_guests.Value, kind, name);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dilaton.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Dilaton.slnx is in no parent folder");
    }

    private static string BuildGuests()
    {
        CommandResult make = Command.Run("make", ["-s", "-k", "-C", "tests/guests"], new()
        {
            Folder = Root,
            Limit = TimeSpan.FromMinutes(5),
        });
        return make.ExitCode == 0
            ? Path.Combine(Root, "artifacts", "guests")
            : throw new InvalidOperationException("make -C tests/guests failed: " + make.Error);
    }
}
