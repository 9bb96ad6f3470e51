namespace Dilaton.Tests.Bench;

/// <summary>Where things are.</summary>
internal sealed record BenchPaths(string Root)
{
    public string Guests => Path.Combine(Root, "artifacts", "guests");

    public string Scratch => Path.Combine(Root, "artifacts", "bench");

    public string Dilaton => Path.Combine(Root, "dilaton");

    public string Tool(string name) => Path.Combine(Guests, "tools", name);

    public string Static(string name) => Path.Combine(Guests, "static", name);

    public static BenchPaths Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dilaton.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return new BenchPaths(folder
            ?? throw new InvalidOperationException("Dilaton.slnx is in no parent folder"));
    }
}
